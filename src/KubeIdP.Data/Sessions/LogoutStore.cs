using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// The clients to notify that a session has ended. The ended grant itself is the queue entry: ending a session writes nothing more, so no
/// code that ends sessions can forget it (decisions/0012).
/// </summary>
public sealed class LogoutStore(Database database, AuditLog auditLog)
{
    /// <summary>
    /// The delay after the first attempt. It doubles with each attempt, and is also how long an entry stays taken if the process that took
    /// it dies.
    /// </summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(30);

    private const int Doublings = 7;

    /// <summary>
    /// Takes some due notifications for a client, the oldest first. Each is due again after a delay unless it was delivered by then.
    /// Concurrent replicas take different ones.
    /// </summary>
    public async Task<IReadOnlyList<DueLogout>> TakeAsync(ClientId clientId, int max, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var taken = await work.ListAsync($"""
            UPDATE grants SET logout_attempts = logout_attempts + 1,
                logout_due_at = {database.Now} + {(long)FirstDelay.TotalMilliseconds} * (1 << CASE WHEN logout_attempts < {Doublings}
                    THEN logout_attempts ELSE {Doublings} END)
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

    /// <summary>The client was notified.</summary>
    public Task DeliveredAsync(SessionId sessionId, ClientId clientId, CancellationToken ct) =>
        database.ExecuteAsync(Done, ct, ("session", sessionId), ("client", clientId));

    /// <summary>Stops trying to notify the client, and records that in the audit log.</summary>
    public async Task GiveUpAsync(DueLogout due, ClientId clientId, string why, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        if (await work.ExecuteAsync(Done, ct, ("session", due.SessionId), ("client", clientId)) == 0) return;

        var auditEvent = Actor.Issuer.Did(AuditEventType.LogoutUndelivered, due.PersonId, why) with { SessionId = due.SessionId,
            ClientId = clientId };
        await auditLog.AppendAsync(work, auditEvent, ct);
        await work.CommitAsync(ct);
    }

    private const string Done = """
        UPDATE grants SET logout_due_at = NULL
            WHERE session_id = @session AND client_id = @client AND ended_at IS NOT NULL AND logout_due_at IS NOT NULL
        """;

    private static DueLogout Due(Row row) =>
        new(row.Id<SessionId>("session_id"), row.Id<PersonId>("person_id"), row.Int("logout_attempts"), row.Duration("ended_for"));
}
