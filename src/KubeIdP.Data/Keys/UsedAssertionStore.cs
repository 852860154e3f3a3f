using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>Lets each proof of a service be used once, on whichever replica.</summary>
public sealed class UsedAssertionStore(Database database)
{
    /// <summary>In characters.</summary>
    public const int MaxIdLength = 128;

    // So long a replica whose clock goes behind the database's may still take a proof that nobody else does. Beyond 30 s it is not ready.
    private const long Margin = 60_000;

    /// <summary>False when it has been used before. What can no longer be used is forgotten on the way.</summary>
    /// <param name="clientId">Whose proof it is.</param>
    /// <param name="assertionId">Its <c>jti</c>.</param>
    /// <param name="acceptedUntil">The last moment at which anybody takes it, leeway included.</param>
    /// <param name="ct">Nothing is used up when it is cancelled in time.</param>
    public async Task<bool> UseAsync(ClientId clientId, string assertionId, DateTimeOffset acceptedUntil, CancellationToken ct)
    {
        await database.ExecuteAsync($"DELETE FROM used_assertions WHERE client_id = @client AND expires_at < {database.Now} - {Margin}", ct, ("client", clientId));
        return await database.ExecuteAsync("""
            INSERT INTO used_assertions (client_id, assertion_id, expires_at) VALUES (@client, @id, @until) ON CONFLICT (client_id, assertion_id) DO NOTHING
            """, ct, ("client", clientId), ("id", assertionId), ("until", acceptedUntil)) == 1;
    }
}
