using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>A client that is to be told that a session is over.</summary>
/// <param name="EndedFor">How long it has been over.</param>
public sealed record DueLogout(SessionId SessionId, PersonId PersonId, int Attempts, TimeSpan EndedFor);

/// <summary>
/// Whom to tell that a session has ended. The ended grant itself is the entry: whoever ends a session writes no more for it than before, and nothing that ends
/// one can forget it (decisions/0012).
/// </summary>
public sealed class LogoutStore(Database database, AuditLog auditLog)
{
    /// <summary>The pause after the first try. It doubles with each, and is the time as well for which one who took an entry and died keeps it from others.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);

    private const int Doublings = 7;

    /// <summary>
    /// Takes some of what is due for a client, the oldest first, which is due again after a pause unless it is delivered by then. Of replicas that do so at
    /// once each takes others.
    /// </summary>
    public async Task<IReadOnlyList<DueLogout>> TakeAsync(ClientId clientId, int max, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var taken = await work.ListAsync($"""
            UPDATE grants SET logout_attempts = logout_attempts + 1,
                logout_due_at = {database.Now} + {(long)FirstPause.TotalMilliseconds} * (1 << CASE WHEN logout_attempts < {Doublings} THEN logout_attempts ELSE {Doublings} END)
            WHERE logout_due_at <= {database.Now} AND id IN (
                SELECT g.id FROM grants g JOIN sessions s ON s.id = g.session_id
                WHERE g.client_id = @client AND g.logout_due_at <= {database.Now} AND g.ended_at IS NOT NULL AND s.ended_at IS NOT NULL
                ORDER BY g.logout_due_at, g.id LIMIT @max)
            RETURNING session_id, (SELECT s.person_id FROM sessions s WHERE s.id = session_id) AS person_id, logout_attempts,
                (SELECT {database.Now} - s.ended_at FROM sessions s WHERE s.id = session_id) AS ended_for
            """, Due, ct, ("client", clientId), ("max", max));
        await work.CommitAsync(ct);
        return [.. taken.DistinctBy(due => due.SessionId)];
    }

    /// <summary>The client knows.</summary>
    public Task DeliveredAsync(SessionId sessionId, ClientId clientId, CancellationToken ct) =>
        database.ExecuteAsync(Done, ct, ("session", sessionId), ("client", clientId));

    /// <summary>Nobody tries any more; the audit says that the client may not know.</summary>
    public async Task GiveUpAsync(DueLogout due, ClientId clientId, string why, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        if (await work.ExecuteAsync(Done, ct, ("session", due.SessionId), ("client", clientId)) == 0) return;

        var entry = Actor.Issuer.Did(AuditEventType.LogoutUndelivered, due.PersonId, why) with { SessionId = due.SessionId, ClientId = clientId };
        await auditLog.AppendAsync(work, entry, ct);
        await work.CommitAsync(ct);
    }

    private const string Done = """
        UPDATE grants SET logout_due_at = NULL WHERE session_id = @session AND client_id = @client AND ended_at IS NOT NULL AND logout_due_at IS NOT NULL
        """;

    private static DueLogout Due(Row row) => new(row.Id<SessionId>("session_id"), row.Id<PersonId>("person_id"), row.Int("logout_attempts"), row.Duration("ended_for"));
}
