using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// Whether grants and sessions have ended, for whoever is asked about a token that is out already. It looks at <c>ended_at</c> itself and at nothing that
/// somebody would have to remember to write: whatever ends a grant or a session, by whatever way, is found.
/// </summary>
public sealed class EndingStore(Database database)
{
    private readonly string isLive = $"""
        SELECT {database.IsStandby}, EXISTS (
            SELECT 1 FROM grants g JOIN sessions s ON s.id = g.session_id
            WHERE g.id = @grant AND s.id = @session AND g.ended_at IS NULL AND s.ended_at IS NULL)
        """;

    /// <summary>Whether neither the grant nor its session has ended; false also when there are no such two.</summary>
    public async Task<bool> IsLiveAsync(string grantId, string sessionId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, isLive, ("grant", grantId), ("session", sessionId));
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return row.GetBoolean(0) ? throw new ReadOnlyDatabaseException(ReadOnlyDatabaseException.Standby) : row.GetBoolean(1);
    }

    /// <summary>Begins to listen, on a connection that nothing else waits for.</summary>
    public async Task<EndingListener> ListenAsync(CancellationToken ct) => await EndingListener.OpenAsync(database, ct);
}
