using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// Whether grants and sessions have ended, for whoever is asked about a token that is out already. It looks at <c>ended_at</c> itself and at nothing that
/// somebody would have to remember to write: whatever ends a grant or a session, by whatever way, is found.
/// </summary>
public sealed class EndingStore(Database database)
{
    private readonly string isLive = $"""
        SELECT {database.IsStandby} AS is_standby, EXISTS (
            SELECT 1 FROM grants g JOIN sessions s ON s.id = g.session_id
            WHERE g.id = @grant AND s.id = @session AND g.ended_at IS NULL AND s.ended_at IS NULL) AS is_live
        """;

    /// <summary>Whether neither the grant nor its session has ended; false also when there are no such two.</summary>
    public async Task<bool> IsLiveAsync(GrantId grantId, SessionId sessionId, CancellationToken ct) => await database.FindValueAsync(
        isLive,
        row => row.Flag("is_standby") ? throw new ReadOnlyDatabaseException(ReadOnlyDatabaseException.Standby) : row.Flag("is_live"),
        ct, ("grant", grantId), ("session", sessionId)) is true;

    /// <summary>Begins to listen, on a connection that nothing else waits for.</summary>
    public async Task<EndingListener> ListenAsync(CancellationToken ct) => await EndingListener.OpenAsync(database, ct);
}
