using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>What one client has in a session.</summary>
/// <param name="LastRefreshAt">When it last received tokens.</param>
public sealed record SessionClient(ClientId ClientId, DateTimeOffset LastRefreshAt);

/// <summary>A live session as its person sees it.</summary>
/// <param name="LastUsedAt">The last sign of life of the browser or of any client.</param>
/// <param name="Now">When the database was asked.</param>
public sealed record OwnSession(
    SessionId Id, string? Address, string? UserAgent, DateTimeOffset AuthTime, DateTimeOffset LastUsedAt, DateTimeOffset EndsAt,
    IReadOnlyList<SessionClient> Clients, DateTimeOffset Now);

/// <summary>A person's sessions as they see and end them themselves. Every statement names the person: another's session is one that does not exist.</summary>
public sealed class OwnSessionStore(Database database, AuditLog auditLog)
{
    /// <summary>The live sessions, the latest first.</summary>
    public async Task<IReadOnlyList<OwnSession>> ListAsync(PersonId personId, CancellationToken ct)
    {
        var clients = (await database.ListAsync($"""
            SELECT g.session_id, g.client_id, max(g.last_used_at) AS last_used_at
            FROM grants g JOIN sessions s ON s.id = g.session_id
            WHERE s.person_id = @person AND s.ended_at IS NULL AND {Live.Grant("g")}
            GROUP BY g.session_id, g.client_id ORDER BY g.client_id
            """, row => (Session: row.Text("session_id"), Client: new SessionClient(row.Id<ClientId>("client_id"), row.Moment("last_used_at"))), ct, ("person", personId)))
            .ToLookup(of => of.Session, of => of.Client);

        return await database.ListAsync($"""
            SELECT s.id, s.address, s.user_agent, s.auth_time, s.last_seen_at, s.ends_at, {database.Now} AS now
            FROM sessions s WHERE s.person_id = @person AND {Live.Session(database, "s")}
            ORDER BY s.auth_time DESC, s.id DESC
            """, row => Session(row, [.. clients[row.Text("id")]]), ct, ("person", personId));
    }

    /// <summary>Ends a session of this person and all of its grants; false when it is another's, over or unknown.</summary>
    public async Task<bool> EndAsync(PersonId personId, SessionId sessionId, string why, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        if (await EndAsync(work, "id = @session", personId, sessionId, why, audit, ct) is []) return false;

        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>Ends all sessions of this person but one, and voids their half-finished logins; the ids of the ended.</summary>
    public async Task<IReadOnlyList<SessionId>> EndOthersAsync(PersonId personId, SessionId keptSessionId, string why, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);

        // A thief who is between password and factor must not open the next session a second after "end all" has answered. The row lock also orders
        // this against a login that is being completed: either we see its session, or it sees our epoch.
        await work.ExecuteAsync($"UPDATE people SET {PersonSql.NextEpoch} WHERE id = @person", ct, ("person", personId));
        var ended = await EndAsync(work, "id <> @session", personId, keptSessionId, why, audit, ct);
        await work.CommitAsync(ct);
        return [.. ended.Select(session => session.Id)];
    }

    private Task<IReadOnlyList<EndedSession>> EndAsync(
        UnitOfWork work, string which, PersonId personId, SessionId sessionId, string why, NewAuditEvent audit, CancellationToken ct) =>
        work.EndSessionsAsync(auditLog, $"person_id = @person AND {which} AND ends_at > {database.Now}", why, audit with { Actor = personId }, ct,
            ("person", personId), ("session", sessionId));

    private static OwnSession Session(Row row, IReadOnlyList<SessionClient> clients) => new(
        row.Id<SessionId>("id"), row.TextOrNull("address"), row.TextOrNull("user_agent"), row.Moment("auth_time"),
        clients.Select(client => client.LastRefreshAt).Append(row.Moment("last_seen_at")).Max(), row.Moment("ends_at"), clients, row.Moment("now"));
}
