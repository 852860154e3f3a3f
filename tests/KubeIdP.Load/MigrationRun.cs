using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Databases;

namespace KubeIdP.Load;

/// <summary>
/// A database of a large company, as this version made it, gets the migrations of the next one, while its grants are refreshed and audit
/// events are written: no write may wait for a table.
/// </summary>
internal static class MigrationRun
{
    private const int Writers = 4;
    private const int RowsOfAPerson = 50;
    private const double MaxWaitMs = 1_000;

    public static async Task<int> ExecuteAsync(int rows, bool json, CancellationToken ct)
    {
        await using var postgres = await PostgresServer.StartNewAsync(ct, durable: true);
        await using var database = Database.Postgres(await postgres.CreateEmptyDatabaseAsync(ct), TimeProvider.System)
            .WithNextMigrations();
        await SchemaMigration.ApplyAsync(database, NextVersion.LastOfThis, _ => { }, ct);
        await FillAsync(database, rows, ct);

        using var working = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = Enumerable.Range(0, Writers)
            .Select(writer => Task.Run(() => WorkAsync(database, rows, writer, working.Token), CancellationToken.None)).ToList();
        await Task.Delay(TimeSpan.FromSeconds(2), ct);
        var took = Stopwatch.StartNew();
        await SchemaMigration.ApplyAsync(database, upTo: null,
            line => Console.Error.WriteLine($"{took.Elapsed.TotalSeconds,6:F1} s  {line.Trim()}"), ct);
        var seconds = took.Elapsed.TotalSeconds;
        await working.CancelAsync();
        var writes = (await Task.WhenAll(work)).SelectMany(writer => writer).Order().ToList();

        var result = new { rows, seconds, writes = writes.Count, p99Ms = writes.At(0.99), longestMs = writes[^1] };
        var isRight = result.longestMs < MaxWaitMs;
        Console.WriteLine(json ? JsonSerializer.Serialize(result) : string.Create(CultureInfo.InvariantCulture, $"""
            {rows:N0} grants and as many audit events migrated in {seconds:F0} s.
            During it {result.writes:N0} writes, 99 of 100 within {result.p99Ms:F1} ms, the longest {result.longestMs:F0} ms.
            {(isRight ? "Passed." : "FAILED.")}
            """));
        return isRight ? 0 : 1;
    }

    private static async Task FillAsync(Database database, int rows, CancellationToken ct)
    {
        string[] statements =
        [
            $"""
            INSERT INTO people (id, connector, upstream_id, groups, groups_read_at, created_at, factor_epoch, factor_failures,
                user_name, normalized_user_name, email_confirmed)
            SELECT n::text, 'local', n::text, '[]', 0, 0, 0, 0, 'p' || n, 'p' || n, false FROM generate_series(0, {rows / RowsOfAPerson}) n
            """,
            $"""
            INSERT INTO sessions (id, person_id, cookie_generation, auth_time, amr, kind, last_seen_at, ends_at)
            SELECT n::text, n::text, 0, 0, 'pwd otp mfa', 0, 0, 0 FROM generate_series(0, {rows / RowsOfAPerson}) n
            """,
            $"""
            INSERT INTO grants (id, session_id, client_id, scopes, current_generation, created_at, rotated_at, last_used_at,
                refreshes, last_verdict, ends_at, logout_attempts)
            SELECT n::text, (n / {RowsOfAPerson})::text, 'cluster-' || n % {RowsOfAPerson}, 'openid', 1, 0, 0, 0, 0, 0, 0, 0
                FROM generate_series(0, {rows} - 1) n
            """,
            $"""
            INSERT INTO audit_events (at, type, actor, person_id, session_id, grant_id, client_id, address, exported, code)
            SELECT n, 'login.succeeded', 'person:' || n % 1000, (n / {RowsOfAPerson})::text, (n / {RowsOfAPerson})::text, n::text,
                'kubernetes', '192.0.2.7', true, '' FROM generate_series(0, {rows} - 1) n
            """,
            "ANALYZE",
        ];
        await using var connection = await database.OpenAsync(ct);
        foreach (var statement in statements)
        {
            await using var command = database.Command(connection, statement);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>
    /// The writes of a refresh and of an audit event, as they are in the first version and in all that come after; in milliseconds each.
    /// </summary>
    private static async Task<List<double>> WorkAsync(Database database, int rows, int writer, CancellationToken ct)
    {
        var took = new List<double>();
        await using var connection = await database.OpenAsync(ct);
        for (long turn = writer; !ct.IsCancellationRequested; turn += Writers)
        {
            var began = Stopwatch.GetTimestamp();
            await using (
                var refresh = database.Command(connection,
                    "UPDATE grants SET current_generation = current_generation + 1, refreshes = refreshes + 1, last_used_at = @at WHERE "
                    + "id = @id AND ended_at IS NULL",
                ("id", (turn * 7919 % rows).ToString(CultureInfo.InvariantCulture)), ("at", turn)))
                await refresh.ExecuteNonQueryAsync(CancellationToken.None);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);

            began = Stopwatch.GetTimestamp();
            await using (
                var write = database.Command(connection,
                    "INSERT INTO audit_events (at, type, actor, code) VALUES (@at, 'token.refreshed', 'issuer', '')", ("at", turn)))
                await write.ExecuteNonQueryAsync(CancellationToken.None);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
        }

        return took;
    }
}
