using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>Ensures that each client assertion is used once, across all replicas.</summary>
public sealed class UsedAssertionStore(Database database)
{
    /// <summary>In characters.</summary>
    public const int MaxIdLength = 128;

    // How much longer a replica whose clock is behind the database's clock may accept an assertion that is no longer valid. A replica that
    // is more than 30 s off is not ready.
    private const long Margin = 60_000;

    /// <summary>Returns false if it has been used before. Also deletes assertions that are no longer valid.</summary>
    /// <param name="clientId">The client that presented it.</param>
    /// <param name="assertionId">Its <c>jti</c>.</param>
    /// <param name="acceptedUntil">The last time at which it would be accepted, including leeway.</param>
    /// <param name="ct">If it is cancelled in time, nothing was used up.</param>
    public async Task<bool> UseAsync(ClientId clientId, string assertionId, DateTimeOffset acceptedUntil, CancellationToken ct)
    {
        await database.ExecuteAsync($"DELETE FROM used_assertions WHERE client_id = @client AND expires_at < {database.Now} - {Margin}", ct,
            ("client", clientId));
        return await database.ExecuteAsync("""
            INSERT INTO used_assertions (client_id, assertion_id, expires_at) VALUES (@client, @id, @until)
                ON CONFLICT (client_id, assertion_id) DO NOTHING
            """, ct, ("client", clientId), ("id", assertionId), ("until", acceptedUntil)) == 1;
    }
}
