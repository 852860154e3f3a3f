using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>How many live sessions a filter means, and of how many people.</summary>
public readonly record struct BulkSize(long Sessions, long People);

/// <summary>
/// Ends many sessions by one word. A few hundred in a transaction, each with its audit row, so that refreshes never wait for long; what a batch has ended
/// stays so, whatever becomes of the next.
/// </summary>
public sealed class BulkEnding(Database database)
{
    private const int BatchSize = 500;

    public async Task<BulkSize> MeasureAsync(SessionFilter filter, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var which = SessionConditions.Of(database, filter);
        await using var command = database.Command(connection, $"SELECT count(*), count(DISTINCT s.person_id) FROM sessions s JOIN people p ON p.id = s.person_id WHERE {which.Sql}", which.Parameters);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new BulkSize(row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>
    /// Ends all that the filter means until none is left, those included that are opened meanwhile; the number of the ended. Once it has returned, nothing is
    /// issued for any of them, and no half-finished login of one of their people is completed.
    /// </summary>
    /// <param name="filter">Without <see cref="SessionFilter.Before"/>.</param>
    /// <param name="by">For the rows and the audit.</param>
    /// <param name="why">One of <see cref="GrantEnd"/>.</param>
    /// <param name="progress">Told the number of the ended after each batch.</param>
    /// <param name="ct">What has been ended stays so.</param>
    public async Task<long> EndAsync(SessionFilter filter, Actor by, string why, Action<long>? progress, CancellationToken ct)
    {
        for (var total = 0L; ; progress?.Invoke(total))
        {
            if (await database.OverShortOutageAsync(() => EndBatchAsync(filter, by, why, ct), ct) is not { } ended) return total;
            total += ended;
        }
    }

    /// <summary>Null when nothing is left; none of those that were left may be ours to end, when somebody else was quicker.</summary>
    private async Task<int?> EndBatchAsync(SessionFilter filter, Actor by, string why, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var which = SessionConditions.Of(database, filter);

        // People first, in one order for all: a login that completes at the same time waits here, and then finds its epoch gone.
        var live = await work.ListAsync($"SELECT s.id FROM sessions s JOIN people p ON p.id = s.person_id WHERE {which.Sql} ORDER BY s.ends_at DESC, s.id DESC LIMIT {BatchSize}", ct, which.Parameters.ToArray());
        if (live.Count == 0) return null;

        var found = TextList.Write(live);
        await work.ExecuteAsync($"""
            UPDATE people SET factor_epoch = factor_epoch + 1
            WHERE id IN (SELECT id FROM people WHERE id IN (SELECT person_id FROM sessions WHERE {database.IsAmong("id", "found")}) ORDER BY id{(database.IsPostgres ? " FOR UPDATE" : "")})
            """, ct, ("found", found));
        var ended = await work.ListAsync(
            $"UPDATE sessions SET ended_at = {database.Now}, ended_by = @by, ended_why = @why, ended_told = @told WHERE {database.IsAmong("id", "found")} AND ended_at IS NULL RETURNING id, person_id",
            row => (Id: row.GetString(0), PersonId: row.GetString(1)), ct,
            ("found", found), ("by", by.Name), ("why", why), ("told", by.ReasonForPerson));
        if (ended.Count == 0) return 0;

        await work.ExecuteAsync($"UPDATE grants SET ended_at = {database.Now}, ended_why = @why WHERE {database.IsAmong("session_id", "ended")} AND ended_at IS NULL", ct,
            ("ended", TextList.Write([.. ended.Select(session => session.Id)])), ("why", why));
        await work.RecordAsync(ended.Select(session => by.Did(AuditEventType.SessionEnded, session.PersonId, why) with { SessionId = session.Id }), ct);
        await work.CommitAsync(ct);
        return ended.Count;
    }
}
