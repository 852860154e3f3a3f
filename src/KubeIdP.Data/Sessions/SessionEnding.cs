using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// The only statements that end sessions. They mark the session and all of its grants in one transaction, so a refresh that waits for its
/// grant's row sees the end on that row, and append one audit event for each session.
/// </summary>
internal static class SessionEnding
{
    /// <summary>
    /// Ends the sessions of a person. The caller's UPDATE has already locked the person's row, which serializes this with logins that
    /// complete.
    /// </summary>
    /// <param name="work">The transaction that changes the person.</param>
    /// <param name="auditLog">Receives an event for each session.</param>
    /// <param name="personId">Whose row the caller has locked.</param>
    /// <param name="by">Who ends them.</param>
    /// <param name="why">One of <see cref="GrantEnd"/>, or what a directory said.</param>
    /// <param name="ct">If it is cancelled in time, nothing was ended.</param>
    /// <param name="except">A session that is not ended; null: none.</param>
    public static Task<IReadOnlyList<EndedSession>> EndSessionsOfAsync(
        this UnitOfWork work, AuditLog auditLog, PersonId personId, Actor by, string why, CancellationToken ct, SessionId? except = null) =>
        work.EndSessionsAsync(auditLog, "person_id = @person AND id <> @except", why, by.Did(AuditEventType.SessionEnded, personId, why),
            ct,
            ("person", personId), ("except", except?.Value ?? ""));

    /// <summary>Ends all sessions that match a condition and have not been ended yet.</summary>
    /// <param name="work">The transaction.</param>
    /// <param name="auditLog">Receives an event for each session.</param>
    /// <param name="condition">On rows of <c>sessions</c>, as SQL.</param>
    /// <param name="why">One of <see cref="GrantEnd"/>, or what a directory said.</param>
    /// <param name="auditEvent">What is appended for each session, with its id and person filled in. Its actor is who ended it.</param>
    /// <param name="ct">If it is cancelled in time, nothing was ended.</param>
    /// <param name="parameters">Of the condition.</param>
    /// <returns>The sessions that this call ended.</returns>
    public static async Task<IReadOnlyList<EndedSession>> EndSessionsAsync(
        this UnitOfWork work, AuditLog auditLog, string condition, string why, NewAuditEvent auditEvent, CancellationToken ct,
        params (string Name, object? Value)[] parameters)
    {
        var database = work.Database;
        var ended = await work.ListAsync($"""
            UPDATE sessions SET ended_at = {database.Now}, ended_by = @ended_by, ended_why = @ended_why,
                reason_for_person = @reason_for_person
            WHERE {condition} AND {Live.NotEnded()} RETURNING id, person_id
            """, row => new EndedSession(row.Id<SessionId>("id"), row.Id<PersonId>("person_id")), ct,
            [.. parameters, ("ended_by", auditEvent.Actor), ("ended_why", why), ("reason_for_person", auditEvent.ReasonForPerson)]);
        if (ended.Count == 0) return ended;

        await work.ExecuteAsync(
            $"""
            UPDATE grants SET ended_at = {database.Now}, ended_why = @why
            WHERE {database.IsAmong("session_id", "ended")} AND {Live.NotEnded()}
            """, ct,
            ("ended", (IReadOnlyList<string>)[.. ended.Select(session => session.Id.Value)]), ("why", why));
        await auditLog.AppendAsync(
            work, [.. ended.Select(session => auditEvent with { SessionId = session.Id, PersonId = session.PersonId })], ct);
        return ended;
    }
}
