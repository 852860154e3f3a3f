using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Guessing;

/// <summary>A bucket of <see cref="FailureCounter"/> as the database saw it at <see cref="Now"/>; without failures when it was never used.</summary>
/// <param name="ForgottenAt">What was counted up to then counts no more.</param>
public sealed record FailureCount(int Failures, DateTimeOffset LastAt, DateTimeOffset ForgottenAt, DateTimeOffset Now);

/// <summary>The counters of failed passwords. Each write is one atomic upsert, so that all replicas count together.</summary>
public sealed class FailureStore(Database database)
{
    private const int NoMarker = -1;

    private readonly string read = $"""
        SELECT CASE WHEN c.last_at > coalesce(m.last_at, 0) THEN c.failures END, c.last_at, m.last_at, n.now
        FROM (SELECT {database.Now} AS now) n LEFT JOIN failure_counters c ON c.bucket = @bucket LEFT JOIN failure_counters m ON m.bucket = @marker
        """;

    // Failures fade in proportion to the time since the last one, rounded to the nearest, and are gone after @memory.
    private readonly string count = $"""
        INSERT INTO failure_counters (bucket, failures, last_at) VALUES (@bucket, 1, {database.Now})
        ON CONFLICT (bucket) DO UPDATE SET
            failures = CASE WHEN {database.Now} - failure_counters.last_at >= @memory OR failure_counters.last_at <= @forgotten THEN 1
                ELSE 1 + (failure_counters.failures * (@memory - ({database.Now} - failure_counters.last_at)) + @memory / 2) / @memory END,
            last_at = {database.Now}
        WHERE failure_counters.failures < @free OR failure_counters.last_at = @seen OR failure_counters.last_at <= @forgotten
        """;

    /// <param name="bucket">From 0 to <see cref="FailureCounter.Buckets"/>.</param>
    /// <param name="marker">The marker, see <see cref="MarkAsync"/>, before whose moment nothing counts; null when there is none for this bucket.</param>
    /// <param name="ct">A read like any other.</param>
    public async Task<FailureCount> ReadAsync(int bucket, int? marker, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, read, ("bucket", bucket), ("marker", marker ?? NoMarker));
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new FailureCount(
            row.IsDBNull(0) ? 0 : row.GetInt32(0), row.MomentOrNull(1) ?? DateTimeOffset.UnixEpoch, row.MomentOrNull(2) ?? DateTimeOffset.UnixEpoch, row.Moment(3));
    }

    /// <summary>
    /// Counts a try. False, and not counted, when the bucket is at <paramref name="free"/> failures or more and somebody else was counted
    /// since <paramref name="seen"/> was read: of many who waited for the same delay to pass, one goes on.
    /// </summary>
    public async Task<bool> CountAsync(int bucket, FailureCount seen, int free, TimeSpan memory, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, count,
            ("bucket", bucket), ("seen", seen.LastAt.ToUnixTimeMilliseconds()), ("forgotten", seen.ForgottenAt.ToUnixTimeMilliseconds()),
            ("free", free), ("memory", (long)memory.TotalMilliseconds));
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Counts a failure whatever was counted before.</summary>
    public async Task CountAsync(int bucket, TimeSpan memory, CancellationToken ct) =>
        await CountAsync(bucket, new FailureCount(0, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, default), int.MaxValue, memory, ct);

    /// <summary>Raises a bucket to at least so many failures, the last of them now.</summary>
    public Task RaiseAsync(int bucket, int failures, CancellationToken ct) => ExecuteAsync($"""
        INSERT INTO failure_counters (bucket, failures, last_at) VALUES (@bucket, @failures, {database.Now})
        ON CONFLICT (bucket) DO UPDATE SET
            failures = CASE WHEN failure_counters.failures < @failures THEN @failures ELSE failure_counters.failures END, last_at = {database.Now}
        """, ct, ("bucket", bucket), ("failures", failures));

    /// <summary>Takes a counted try back: it turned out to be nobody's failure.</summary>
    public Task TakeBackAsync(int bucket, CancellationToken ct) =>
        ExecuteAsync("UPDATE failure_counters SET failures = failures - 1 WHERE bucket = @bucket AND failures > 0", ct, ("bucket", bucket));

    public Task ForgetAsync(int bucket, CancellationToken ct) =>
        ExecuteAsync("UPDATE failure_counters SET failures = 0 WHERE bucket = @bucket", ct, ("bucket", bucket));

    /// <summary>
    /// From now on nothing counts that was counted before under this marker: so an account is forgiven without knowing from where it was tried.
    /// Markers have numbers of their own, as many as there are buckets, beyond them.
    /// </summary>
    public async Task MarkAsync(int marker, AuditEntry audit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await database.ExecuteAsync(connection, transaction, $"""
            INSERT INTO failure_counters (bucket, failures, last_at) VALUES (@marker, 0, {database.Now})
            ON CONFLICT (bucket) DO UPDATE SET last_at = {database.Now}
            """, ct, ("marker", marker));
        await audit.AppendAsync(database, connection, transaction, ct);
        await transaction.CommitAsync(ct);
    }

    private async Task ExecuteAsync(string text, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenAsync(ct);
        await database.ExecuteAsync(connection, null, text, ct, parameters);
    }
}
