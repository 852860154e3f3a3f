using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Throttling;

/// <summary>
/// The counters of attempts at secrets. An attempt is counted before its secret is checked, by conditional upserts whose affected rows
/// decide, so that any number of concurrent attempts on all replicas gets no more checks than sequential ones.
/// </summary>
public sealed class FailureStore(Database database, AuditLog auditLog)
{
    /// <summary>An attempt without an outcome after this time counts as failed: its process has died, or its visitor has left.</summary>
    public static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    private const string Table = "failure_counters";

    // Attempts in progress that were abandoned.
    private readonly string lost = $"(CASE WHEN {database.Now} - {Table}.taken_at >= @abandoned THEN {Table}.pending ELSE 0 END)";

    // Those of them that count as failures. Like other failures they expire; otherwise a hard limit would last for ever.
    private readonly string lostFailures = $"""
        (CASE WHEN {Table}.taken_at > @forgotten AND {database.Now} - {Table}.taken_at >= @abandoned
            AND {database.Now} - {Table}.taken_at < @abandoned + @memory
            THEN {Table}.pending ELSE 0 END)
        """;

    // Failures of a soft throttle decrease in proportion to the time since the last one, rounded to the nearest number.
    private readonly string failures = $"""
        (CASE WHEN {Table}.last_at <= @forgotten OR {database.Now} - {Table}.last_at >= @memory THEN 0 WHEN @first_delay = 0
            THEN {Table}.failures
            ELSE ({Table}.failures * (@memory - ({database.Now} - {Table}.last_at)) + @memory / 2) / @memory END)
        """;

    // Whether the limit is reached, whatever the outcome of the attempts in progress.
    private string IsUsedUp => $"{failures} + {lostFailures} >= @free";

    // The delay itself does not decrease.
    private string Doublings => $"CAST({Table}.failures + {lostFailures} - @free AS integer)";

    private string Delay => $"""
        (CASE WHEN {Doublings} > 20 THEN @longest_delay WHEN @first_delay * (1 << {Doublings}) > @longest_delay THEN @longest_delay
            ELSE @first_delay * (1 << {Doublings}) END)
        """;

    // Of many attempts that waited for the same delay, one may continue.
    private string MayGoOn => $"""
        ({failures} + {lostFailures} + {Table}.pending - {lost} < @free OR (@first_delay > 0 AND {IsUsedUp} AND {Table}.pending = {lost}
            AND {database.Now} - CASE WHEN {lostFailures} > 0 THEN {Table}.taken_at ELSE {Table}.last_at END >= {Delay}))
        """;

    private string Take => $"""
        INSERT INTO {Table} (bucket, failures, last_at, pending, taken_at) VALUES (@bucket, 0, 0, 1, {database.Now})
        ON CONFLICT (bucket) DO UPDATE SET
            failures = CASE WHEN {lostFailures} > 0 THEN {failures} + {lostFailures} ELSE {Table}.failures END,
            last_at = CASE WHEN {lostFailures} > 0 THEN {database.Now} ELSE {Table}.last_at END,
            pending = {Table}.pending - {lost} + 1, taken_at = {database.Now}
        WHERE {MayGoOn}
        RETURNING CASE WHEN pending = 1 AND {failures} = 0 THEN 1 ELSE 0 END
        """;

    private string MustWait => $"SELECT 1 FROM {Table} WHERE bucket = @bucket AND {IsUsedUp} AND NOT {MayGoOn}";

    /// <summary>Counts an attempt in all of these throttles, or in none.</summary>
    public async Task<ThrottleAnswer> TakeAsync(IReadOnlyList<Throttle> throttles, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var (taken, first) = (new List<Throttle>(), new HashSet<int>());

        // Always in the same order, because two different orders could deadlock.
        foreach (var throttle in throttles.OrderBy(throttle => throttle.Bucket))
        {
            if (throttle.OnlyFirstOf is { } other && !first.Contains(other)) continue;

            var parameters = ParametersOf(throttle, await ForgottenAsync(work, throttle, ct));
            if (await work.NumberAsync(Take, ct, parameters) is not { } isFirst)
                return await work.ExistsAsync(MustWait, ct, parameters)
                    ? new ThrottleAnswer.Delayed(throttle)
                    : new ThrottleAnswer.Busy(throttle);

            taken.Add(throttle);
            if (isFirst == 1) first.Add(throttle.Bucket);
        }

        await work.CommitAsync(ct);
        return new ThrottleAnswer.Taken(taken);
    }

    /// <summary>
    /// Whether an attempt would be <see cref="ThrottleAnswer.Delayed"/> now by a throttle without a marker. Counts nothing.
    /// </summary>
    public Task<bool> MustWaitAsync(Throttle throttle, CancellationToken ct) =>
        database.ExistsAsync(MustWait, ct, ParametersOf(throttle, forgotten: 0));

    /// <summary>Records the outcome of an attempt in each throttle in which it was counted.</summary>
    public async Task SettleAsync(IEnumerable<(Throttle Throttle, AttemptOutcome Outcome)> outcomes, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        foreach (var (throttle, outcome) in outcomes.OrderBy(one => one.Throttle.Bucket))
        {
            var change = outcome switch
            {
                AttemptOutcome.Failure => $"failures = {failures} + 1, last_at = {database.Now},",
                AttemptOutcome.Success => "failures = 0,",
                _ => "",
            };
            await work.ExecuteAsync($"""
                UPDATE {Table} SET {change} pending = CASE WHEN pending > 0 THEN pending - 1 ELSE 0 END WHERE bucket = @bucket
                """, ct, outcome == AttemptOutcome.Failure
                    ? ParametersOf(throttle, await ForgottenAsync(work, throttle, ct))
                    : [("bucket", throttle.Bucket)]);
        }

        await work.CommitAsync(ct);
    }

    /// <summary>
    /// Counts an attempt permanently. Returns false, without counting it, if the limit of attempts within <paramref name="memory"/> is
    /// reached.
    /// </summary>
    public async Task<bool> CountAsync(int bucket, int limit, TimeSpan memory, CancellationToken ct)
    {
        return await database.ExecuteAsync($"""
            INSERT INTO {Table} (bucket, failures, last_at, pending, taken_at) VALUES (@bucket, 1, {database.Now}, 0, 0)
            ON CONFLICT (bucket) DO UPDATE SET
                failures = CASE WHEN {database.Now} - {Table}.last_at >= @memory THEN 1 ELSE {Table}.failures + 1 END,
                    last_at = {database.Now}
            WHERE {Table}.failures < @limit OR {database.Now} - {Table}.last_at >= @memory
            """, ct, ("bucket", bucket), ("limit", limit), ("memory", memory)) == 1;
    }

    /// <summary>
    /// Resets everything that was counted before under these markers, so that failures of an account can be reset without knowing from
    /// which addresses they came.
    /// </summary>
    public async Task MarkAsync(IEnumerable<int> markers, NewAuditEvent audit, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        foreach (var marker in markers.Order())
        {
            await work.ExecuteAsync($"""
                INSERT INTO {Table} (bucket, failures, last_at, pending, taken_at) VALUES (@marker, 0, {database.Now}, 0, 0)
                ON CONFLICT (bucket) DO UPDATE SET last_at = {database.Now}
                """, ct, ("marker", marker));
        }

        await auditLog.AppendAsync(work, audit, ct);
        await work.CommitAsync(ct);
    }

    private static async Task<long> ForgottenAsync(UnitOfWork work, Throttle throttle, CancellationToken ct) =>
        throttle.Marker is { } marker
        ? await work.NumberAsync($"SELECT last_at FROM {Table} WHERE bucket = @marker", ct, ("marker", marker)) ?? 0
        : 0;

    private static (string Name, object? Value)[] ParametersOf(Throttle throttle, long forgotten) =>
    [
        ("bucket", throttle.Bucket), ("free", throttle.Free), ("memory", throttle.Memory), ("first_delay", throttle.FirstDelay),
        ("longest_delay", throttle.LongestDelay), ("abandoned", Abandoned), ("forgotten", forgotten),
    ];
}
