using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace KubeIdP.Load;

/// <summary>Ten thousand sessions of a group are ended by one command, while others refresh: within seconds, and nobody waits.</summary>
internal static class BulkRun
{
    private const double MaxSeconds = 5;

    public static async Task<int> ExecuteAsync(int sessions, bool json, CancellationToken ct)
    {
        await using var stage = await Stage.SetAsync(Storage.Postgres, Algorithm.Es256, new Scale(People: 4, ClientsEach: 5), ct);
        await SeedAsync(stage.ConnectionString!, sessions, ct);
        await stage.RefreshSteadilyAsync(Task.Delay(TimeSpan.FromSeconds(5), ct), ct);
        var alone = (await stage.RefreshSteadilyAsync(Task.Delay(TimeSpan.FromSeconds(20), ct), ct)).At(0.99);

        var began = Stopwatch.StartNew();
        var ending = EndAsync();
        var beside = await stage.RefreshSteadilyAsync(ending, ct);
        var ended = await ending;

        var left = await LeftAsync(stage.ConnectionString!, ct);
        var result = new { sessions, seconds = ended.Seconds, p99AloneMs = alone, longestBesideMs = beside.At(1),
            refreshesBeside = beside.Count, left };
        var isRight = ended.Count == sessions && left == 0 && ended.Seconds < MaxSeconds && beside.At(1) < 500;
        Console.WriteLine(json ? JsonSerializer.Serialize(result) : string.Create(CultureInfo.InvariantCulture, $"""
            {ended.Count} sessions ended in {ended.Seconds:F1} s, the start of the command included; {left} are left.
            Without it 99 of 100 refreshes took at most {alone:F1} ms; the slowest of {beside.Count} during it took {beside.At(1):F1} ms.
            {(isRight ? "Passed." : "FAILED.")}
            """));
        return isRight ? 0 : 1;

        async Task<(long Count, double Seconds)> EndAsync()
        {
            var outcome =
                (await stage.Issuer.RunAsync(
                    ["sessions", "revoke", "--group", "leaving", "--yes", "--reason", "the end", "--output", "json"], ct: ct)).Succeeded();
            return (JsonDocument.Parse(outcome.Output).RootElement.GetProperty("ended").GetInt64(), began.Elapsed.TotalSeconds);
        }
    }

    /// <summary>Two sessions for each of a company's people, with a kubectl in each.</summary>
    private static async Task SeedAsync(string connectionString, int sessions, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var people = Math.Max(1, sessions / 2);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand($"""
            INSERT INTO people (id, connector, upstream_id, display_name, groups, groups_read_at, created_at, factor_epoch, factor_failures,
                user_name, normalized_user_name, email_confirmed)
            SELECT 'p' || i, 'corp', 'id' || i, 'Person ' || i, '["platform","leaving"]', {now}, {now}, 0, 0,
                'user' || i, 'user' || i, false FROM generate_series(1, {people}) i;
            INSERT INTO sessions (id, person_id, auth_time, amr, last_seen_at, ends_at)
            SELECT 's' || i, 'p' || (i % {people} + 1), {now}, 'pwd otp mfa', {now}, {now} + 43200000 - i
                FROM generate_series(1, {sessions}) i;
            INSERT INTO grants (id, session_id, client_id, scopes, current_generation, created_at, code_redeemed_at, rotated_at,
                last_used_at, refreshes, last_verdict, ends_at)
            SELECT 'g' || i, 's' || i, 'load', 'openid', 5, {now}, {now}, {now}, {now}, 4, 0, {now} + 43200000
                FROM generate_series(1, {sessions}) i;
            """, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<long> LeftAsync(string connectionString, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command =
            new NpgsqlCommand(
                "SELECT count(*) FROM sessions s JOIN people p ON p.id = s.person_id WHERE p.connector = 'corp' AND s.ended_at IS NULL",
                connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
