using KubeIdP.Data.Audit;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// Ends many sessions at once: a few hundred per transaction, each with its audit event, so that refreshes never wait long. What a batch
/// has ended stays ended, even if the next batch fails.
/// </summary>
public sealed class BulkEnding(Database database, AuditLog auditLog)
{
    private const int BatchSize = 500;

    public async Task<BulkSize> MeasureAsync(SessionFilter filter, CancellationToken ct)
    {
        var which = SessionConditions.Of(database, filter);
        return await database.FindValueAsync($"""
            SELECT count(*) AS sessions, count(DISTINCT s.person_id) AS people FROM sessions s JOIN people p ON p.id = s.person_id
                WHERE {which.Sql}
            """, row => new BulkSize(row.Long("sessions"), row.Long("people")), ct, which.Parameters) ?? default;
    }

    /// <summary>
    /// Ends all sessions that match the filter until none is left, including those that are opened in the meantime, and returns their
    /// number. Once it has returned, nothing is issued for any of them, and no unfinished login of their people is completed.
    /// </summary>
    /// <param name="filter">Without <see cref="SessionFilter.Cursor"/>.</param>
    /// <param name="by">For the rows and the audit.</param>
    /// <param name="why">One of <see cref="GrantEnd"/>.</param>
    /// <param name="progress">Called after each batch with the number of ended sessions.</param>
    /// <param name="ct">Sessions that were already ended stay ended.</param>
    public async Task<long> EndAsync(SessionFilter filter, Actor by, string why, Action<long>? progress, CancellationToken ct)
    {
        for (var total = 0L; ; progress?.Invoke(total))
        {
            if (await database.OverShortOutageAsync(() => EndBatchAsync(filter, by, why, ct), ct) is not { } ended) return total;
            total += ended;
        }
    }

    /// <summary>
    /// The number of sessions that this batch ended, which can be zero if another process was faster; null if none is left.
    /// </summary>
    private async Task<int?> EndBatchAsync(SessionFilter filter, Actor by, string why, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var which = SessionConditions.Of(database, filter);
        var live = await work.ListAsync($"""
            SELECT s.id FROM sessions s JOIN people p ON p.id = s.person_id WHERE {which.Sql}
                ORDER BY s.ends_at DESC, s.id DESC LIMIT {BatchSize}
            """, row => row.Text("id"), ct, which.Parameters);
        if (live.Count == 0) return null;

        // People first, always in the same order: a login that completes at the same time waits here, and then finds that its epoch has
        // changed.
        await work.ExecuteAsync($"""
            UPDATE people SET {PersonSql.NextEpoch}
            WHERE id IN (SELECT id FROM people WHERE id IN (SELECT person_id FROM sessions WHERE {database.IsAmong("id", "found")})
                         ORDER BY id{(database.IsPostgres ? " FOR UPDATE" : "")})
            """, ct, ("found", live));
        var auditEvent = by.Did(AuditEventType.SessionEnded, personId: null, why);
        var ended = await work.EndSessionsAsync(auditLog, database.IsAmong("id", "found"), why, auditEvent, ct, ("found", live));
        if (ended.Count == 0) return 0;

        await work.CommitAsync(ct);
        return ended.Count;
    }
}
