using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// Lists and ends a person's own sessions. Every statement is restricted to the person, so the session of another person is treated as
/// unknown.
/// </summary>
public sealed class OwnSessionStore(Database database, AuditLog auditLog)
{
    /// <summary>The live sessions, the latest first.</summary>
    public async Task<IReadOnlyList<ShownSession>> ListAsync(PersonId personId, CancellationToken ct)
    {
        var grants = (await database.ListAsync($"""
            SELECT {ShownGrants.Columns} FROM grants g JOIN sessions s ON s.id = g.session_id
            WHERE s.person_id = @person AND {Live.Session(database, "s")} AND {Live.Grant("g")} ORDER BY g.last_used_at DESC
            """, ShownGrants.Read, ct, ("person", personId))).ToLookup(grant => grant.SessionId);

        return await database.ListAsync($"""
            SELECT {SessionRows.Columns(database)} FROM sessions s JOIN people p ON p.id = s.person_id
            WHERE s.person_id = @person AND {Live.Session(database, "s")} ORDER BY s.auth_time DESC, s.id DESC
            """, row => SessionRows.Read(row) with { Grants = [.. grants[row.Id<SessionId>("id")]] }, ct, ("person", personId));
    }

    /// <summary>Ends a session of this person and all of its grants. Returns false if it is over, unknown, or another person's.</summary>
    public async Task<bool> EndAsync(PersonId personId, SessionId sessionId, Actor by, string why, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        if (await EndAsync(work, "id = @session", personId, sessionId, by, why, ct) is []) return false;

        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Ends all sessions of this person except one, and invalidates their unfinished logins. Returns the ids of the ended sessions.
    /// </summary>
    public async Task<IReadOnlyList<SessionId>> EndOthersAsync(
        PersonId personId, SessionId exceptSessionId, Actor by, string why, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);

        // An attacker who has entered the password but not the factor must not open a session after "end all" has returned. The row lock
        // also serializes this with a login that is being completed: either this statement sees its session, or the login sees the new
        // epoch.
        await work.ExecuteAsync($"UPDATE people SET {PersonSql.NextEpoch} WHERE id = @person", ct, ("person", personId));
        var ended = await EndAsync(work, "id <> @session", personId, exceptSessionId, by, why, ct);
        await work.CommitAsync(ct);
        return [.. ended.Select(session => session.Id)];
    }

    private Task<IReadOnlyList<EndedSession>> EndAsync(
        UnitOfWork work, string which, PersonId personId, SessionId sessionId, Actor by, string why, CancellationToken ct) =>
        work.EndSessionsAsync(auditLog, $"person_id = @person AND {which} AND ends_at > {database.Now}", why,
            by.Did(AuditEventType.SessionEnded, personId, why), ct,
            ("person", personId), ("session", sessionId));
}
