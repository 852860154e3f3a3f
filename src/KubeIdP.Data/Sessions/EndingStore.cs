using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// Finds out whether grants and sessions have ended, to validate tokens that were issued before. It reads <c>ended_at</c> itself, and
/// nothing that would have to be written in addition, so it finds every ended grant and session, however it was ended.
/// </summary>
public sealed class EndingStore(Database database)
{
    private readonly string notEnded = $"""
        SELECT {database.IsStandby} AS is_standby, EXISTS (
            SELECT 1 FROM grants g JOIN sessions s ON s.id = g.session_id
            WHERE g.id = @grant AND s.id = @session AND {Live.NotEnded("g")} AND {Live.NotEnded("s")}) AS not_ended
        """;

    /// <summary>Whether neither the grant nor its session has ended; also false if they do not exist.</summary>
    public async Task<bool> HaveNotEndedAsync(GrantId grantId, SessionId sessionId, CancellationToken ct) => await database.FindValueAsync(
        notEnded,
        row => row.Flag("is_standby") ? throw new ReadOnlyDatabaseException(ReadOnlyDatabaseException.Standby) : row.Flag("not_ended"),
        ct, ("grant", grantId), ("session", sessionId)) is true;

    /// <summary>Begins to listen, on a connection that nothing else uses.</summary>
    public async Task<EndingListener> ListenAsync(CancellationToken ct) => await EndingListener.OpenAsync(database, ct);
}
