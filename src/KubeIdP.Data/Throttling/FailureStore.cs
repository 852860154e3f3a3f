using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Throttling;

/// <summary>
/// The counters of tries at secrets. A try is counted before its secret is looked at, by conditional upserts whose affected rows decide, so that of any number
/// at once, on all replicas, no more go on than would one after the other.
/// </summary>
public sealed class FailureStore(Database database)
{
    /// <summary>A try that has no outcome by then counts as failed: its process has died, or its visitor has left.</summary>
    public static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    private const string Row = "failure_counters";

    // Tries under way that are none any more.
    private readonly string lost = $"(CASE WHEN {database.Now} - {Row}.taken_at >= @abandoned THEN {Row}.pending ELSE 0 END)";

    // Those of them that count as failures: like failures they are forgotten some day, or nobody could ever try again at a hard limit.
    private readonly string lostFailures = $"""
        (CASE WHEN {Row}.taken_at > @forgotten AND {database.Now} - {Row}.taken_at >= @abandoned AND {database.Now} - {Row}.taken_at < @abandoned + @memory
            THEN {Row}.pending ELSE 0 END)
        """;

    // Soft ones fade in proportion to the time since the last one, rounded to the nearest.
    private readonly string failures = $"""
        (CASE WHEN {Row}.last_at <= @forgotten OR {database.Now} - {Row}.last_at >= @memory THEN 0 WHEN @first_delay = 0 THEN {Row}.failures
            ELSE ({Row}.failures * (@memory - ({database.Now} - {Row}.last_at)) + @memory / 2) / @memory END)
        """;

    // At the limit or beyond it, whatever becomes of those under way.
    private string IsUsedUp => $"{failures} + {lostFailures} >= @free";

    // The delay itself does not fade.
    private string Doublings => $"CAST({Row}.failures + {lostFailures} - @free AS integer)";

    private string Delay => $"""
        (CASE WHEN {Doublings} > 20 THEN @longest_delay WHEN @first_delay * (1 << {Doublings}) > @longest_delay THEN @longest_delay
            ELSE @first_delay * (1 << {Doublings}) END)
        """;

    // Of many who waited for the same delay one goes on.
    private string MayGoOn => $"""
        ({failures} + {lostFailures} + {Row}.pending - {lost} < @free OR (@first_delay > 0 AND {IsUsedUp} AND {Row}.pending = {lost}
            AND {database.Now} - CASE WHEN {lostFailures} > 0 THEN {Row}.taken_at ELSE {Row}.last_at END >= {Delay}))
        """;

    private string Take => $"""
        INSERT INTO {Row} (bucket, failures, last_at, pending, taken_at) VALUES (@bucket, 0, 0, 1, {database.Now})
        ON CONFLICT (bucket) DO UPDATE SET
            failures = CASE WHEN {lostFailures} > 0 THEN {failures} + {lostFailures} ELSE {Row}.failures END,
            last_at = CASE WHEN {lostFailures} > 0 THEN {database.Now} ELSE {Row}.last_at END,
            pending = {Row}.pending - {lost} + 1, taken_at = {database.Now}
        WHERE {MayGoOn}
        RETURNING CASE WHEN pending = 1 AND {failures} = 0 THEN 1 ELSE 0 END
        """;

    private string MustWait => $"SELECT 1 FROM {Row} WHERE bucket = @bucket AND {IsUsedUp} AND NOT {MayGoOn}";

    /// <summary>Counts a try in all of these, or in none.</summary>
    public async Task<ThrottleAnswer> TakeAsync(IReadOnlyList<Throttle> throttles, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var (taken, first) = (new List<Throttle>(), new HashSet<int>());

        // In one order for everybody: two that wait for each other would be a deadlock.
        foreach (var throttle in throttles.OrderBy(throttle => throttle.Bucket))
        {
            if (throttle.OnlyFirstOf is { } other && !first.Contains(other)) continue;

            var parameters = ParametersOf(throttle, await ForgottenAsync(work, throttle, ct));
            if (await work.ScalarAsync(Take, ct, parameters) is not { } isFirst)
                return await work.ScalarAsync(MustWait, ct, parameters) is null ? new ThrottleAnswer.Busy(throttle) : new ThrottleAnswer.Delayed(throttle);

            taken.Add(throttle);
            if (Convert.ToInt64(isFirst, null) == 1) first.Add(throttle.Bucket);
        }

        await work.CommitAsync(ct);
        return new ThrottleAnswer.Taken(taken);
    }

    /// <summary>Whether a try would be <see cref="ThrottleAnswer.Delayed"/> now by a throttle without a marker. Counts nothing.</summary>
    public async Task<bool> MustWaitAsync(Throttle throttle, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, MustWait, ParametersOf(throttle, forgotten: 0));
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    /// <summary>Says what came of a try, in each of the throttles that it was taken from.</summary>
    public async Task SettleAsync(IEnumerable<(Throttle Throttle, TryOutcome Outcome)> outcomes, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        foreach (var (throttle, outcome) in outcomes.OrderBy(one => one.Throttle.Bucket))
        {
            var change = outcome switch
            {
                TryOutcome.Failure => $"failures = {failures} + 1, last_at = {database.Now},",
                TryOutcome.Success => "failures = 0,",
                _ => "",
            };
            await work.ExecuteAsync($"""
                UPDATE {Row} SET {change} pending = CASE WHEN pending > 0 THEN pending - 1 ELSE 0 END WHERE bucket = @bucket
                """, ct, outcome == TryOutcome.Failure ? ParametersOf(throttle, await ForgottenAsync(work, throttle, ct)) : [("bucket", throttle.Bucket)]);
        }

        await work.CommitAsync(ct);
    }

    /// <summary>Counts a try for good. False, and not counted, when so many have been within <paramref name="memory"/> of each other.</summary>
    public async Task<bool> CountAsync(int bucket, int limit, TimeSpan memory, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await database.ExecuteAsync(connection, null, $"""
            INSERT INTO {Row} (bucket, failures, last_at, pending, taken_at) VALUES (@bucket, 1, {database.Now}, 0, 0)
            ON CONFLICT (bucket) DO UPDATE SET
                failures = CASE WHEN {database.Now} - {Row}.last_at >= @memory THEN 1 ELSE {Row}.failures + 1 END, last_at = {database.Now}
            WHERE {Row}.failures < @limit OR {database.Now} - {Row}.last_at >= @memory
            """, ct, ("bucket", bucket), ("limit", limit), ("memory", (long)memory.TotalMilliseconds)) == 1;
    }

    /// <summary>
    /// From now on nothing counts that was counted before under these markers: so an account is forgiven without knowing from where it was tried.
    /// </summary>
    public async Task MarkAsync(IEnumerable<int> markers, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        foreach (var marker in markers.Order())
        {
            await work.ExecuteAsync($"""
                INSERT INTO {Row} (bucket, failures, last_at, pending, taken_at) VALUES (@marker, 0, {database.Now}, 0, 0)
                ON CONFLICT (bucket) DO UPDATE SET last_at = {database.Now}
                """, ct, ("marker", marker));
        }

        await work.RecordAsync(audit, ct);
        await work.CommitAsync(ct);
    }

    private static async Task<long> ForgottenAsync(Work work, Throttle throttle, CancellationToken ct) => throttle.Marker is { } marker
        ? Convert.ToInt64(await work.ScalarAsync($"SELECT last_at FROM {Row} WHERE bucket = @marker", ct, ("marker", marker)) ?? 0L, null)
        : 0;

    private static (string Name, object? Value)[] ParametersOf(Throttle throttle, long forgotten) =>
    [
        ("bucket", throttle.Bucket), ("free", throttle.Free), ("memory", Milliseconds(throttle.Memory)), ("first_delay", Milliseconds(throttle.FirstDelay)),
        ("longest_delay", Milliseconds(throttle.LongestDelay)), ("abandoned", Milliseconds(Abandoned)), ("forgotten", forgotten),
    ];

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
