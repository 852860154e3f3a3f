using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// Ends all that a person has open, inside the transaction that changes the person. The caller's UPDATE has locked the person's row first: a login
/// that completes at the same time has either opened its session before, and it is ended here, or finds the epoch moved on.
/// </summary>
internal static class PersonSessions
{
    public static async Task EndAsync(Work work, Database database, string personId, Actor by, string why, CancellationToken ct)
    {
        var ended = await work.ListAsync($"""
            UPDATE sessions SET ended_at = {database.Now}, ended_by = @by, ended_why = @why WHERE person_id = @person AND ended_at IS NULL RETURNING id
            """, ct, ("person", personId), ("by", by.Name), ("why", why));
        await work.ExecuteAsync($"""
            UPDATE grants SET ended_at = {database.Now}, ended_why = @why
            WHERE session_id IN (SELECT id FROM sessions WHERE person_id = @person) AND ended_at IS NULL
            """, ct, ("person", personId), ("why", why));

        foreach (var session in ended)
            await work.RecordAsync(by.Did(AuditEventType.SessionEnded, personId, why) with { SessionId = session }, ct);
    }
}
