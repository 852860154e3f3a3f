using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// Ends all that a person has open, inside the transaction that changes the person. The caller's UPDATE has locked the person's row first: a login
/// that completes at the same time has either opened its session before, and it is ended here, or finds the epoch moved on.
/// </summary>
internal static class PersonSessions
{
    /// <param name="work">The transaction.</param>
    /// <param name="database">Whose clock dates the end.</param>
    /// <param name="personId">Whose row the caller has locked.</param>
    /// <param name="by">For the rows and the audit.</param>
    /// <param name="why">One of <see cref="GrantEnd"/>.</param>
    /// <param name="ct">Nothing has ended when it is cancelled in time.</param>
    /// <param name="keptSessionId">The one that goes on; null: none.</param>
    /// <returns>The ids of the ended.</returns>
    public static async Task<IReadOnlyList<string>> EndAsync(
        Work work, Database database, string personId, Actor by, string why, CancellationToken ct, string? keptSessionId = null)
    {
        var kept = keptSessionId ?? "";
        var ended = await work.ListAsync($"""
            UPDATE sessions SET ended_at = {database.Now}, ended_by = @by, ended_why = @why, ended_told = @told
            WHERE person_id = @person AND id <> @kept AND ended_at IS NULL RETURNING id
            """, ct, ("person", personId), ("kept", kept), ("by", by.Name), ("why", why), ("told", by.ReasonForPerson));
        await work.ExecuteAsync($"""
            UPDATE grants SET ended_at = {database.Now}, ended_why = @why
            WHERE session_id IN (SELECT id FROM sessions WHERE person_id = @person AND id <> @kept) AND ended_at IS NULL
            """, ct, ("person", personId), ("kept", kept), ("why", why));

        foreach (var session in ended)
            await work.RecordAsync(by.Did(AuditEventType.SessionEnded, personId, why) with { SessionId = session }, ct);
        return ended;
    }
}
