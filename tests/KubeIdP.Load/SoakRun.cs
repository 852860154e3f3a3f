using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace KubeIdP.Load;

/// <summary>
/// The same load for a long time: memory must not grow, nor the number of rows, nor the files that hold them. What PostgreSQL has to clear
/// away is shown.
/// </summary>
internal static class SoakRun
{
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(15);

    public static async Task<int> ExecuteAsync(int minutes, int connections, bool json, CancellationToken ct)
    {
        await using var stage = await Stage.SetAsync(Storage.Postgres, Algorithm.Es256, new Scale(People: 20, ClientsEach: 10), ct);
        var rows = await RowsAsync(stage.ConnectionString!, ct);
        var samples = new List<(double Minutes, double ResidentMiB, double TablesMiB)>();
        var (refreshes, errors, dead) = (0, 0, 0.0);
        for (var began = Stopwatch.StartNew(); began.Elapsed < TimeSpan.FromMinutes(minutes);)
        {
            var pass = await LoadRun.ExecuteAsync(stage, asKubectl: false, connections, Sample, ct);
            (refreshes, errors) = (refreshes + pass.LatenciesMs.Count, errors + pass.Errors);
            samples.Add((began.Elapsed.TotalMinutes, pass.ResidentMiB, await TablesMiBAsync(stage.ConnectionString!, ct)));
            dead = await DeadAsync(stage.ConnectionString!, ct);
            if (!json)
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{began.Elapsed.TotalMinutes,5:F1} min  {pass.PerSecond,6:F0} per s  {pass.ResidentMiB,5:F0} MiB "
                        + $" {samples[^1].TablesMiB,5:F1} MiB of tables  {dead,6:P0} dead"));
        }

        // What it is like when everything that is compiled on use has been.
        var settled = samples.Skip(samples.Count / 2).ToList();
        var slope = SlopeOf([.. settled.Select(sample => (sample.Minutes, sample.ResidentMiB))]) * 60;
        var tablesGrow = settled[^1].TablesMiB / settled[0].TablesMiB - 1;
        var result = new { minutes, refreshes, errors, slopeMiBPerHour = slope, residentMiB = settled[^1].ResidentMiB,
            newRows = await RowsAsync(stage.ConnectionString!, ct) - rows, tablesMiB = settled[^1].TablesMiB, tablesGrow,
            deadShare = dead };
        var isRight = errors == 0 && result.newRows == 0 && tablesGrow < 0.1 && slope < settled[^1].ResidentMiB * 0.1;
        Console.WriteLine(json ? JsonSerializer.Serialize(result) : string.Create(CultureInfo.InvariantCulture, $"""
            {refreshes} refreshes, {errors} errors; memory grows by {slope:F1} MiB an hour;
            {result.newRows} rows more in grants, sessions and audit;
            the files of grants and sessions have {result.tablesMiB:F1} MiB, {tablesGrow:P0} more than at half time.
            {(isRight ? "Passed." : "FAILED.")}
            """));
        return isRight ? 0 : 1;
    }

    private static double SlopeOf(List<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        var spread = points.Sum(point => (point.X - x) * (point.X - x));
        return spread == 0 ? 0 : points.Sum(point => (point.X - x) * (point.Y - y)) / spread;
    }

    private static Task<long> RowsAsync(string connectionString, CancellationToken ct) =>
        AskAsync<long>(connectionString,
            "SELECT (SELECT count(*) FROM grants) + (SELECT count(*) FROM sessions) + (SELECT count(*) FROM audit_events)", ct);

    private static async Task<double> TablesMiBAsync(string connectionString, CancellationToken ct) =>
        await AskAsync<long>(connectionString, "SELECT pg_total_relation_size('grants') + pg_total_relation_size('sessions')",
            ct) / 1048576.0;

    /// <summary>
    /// Which part of the rows of grants are dead, by PostgreSQL's own estimate. Of so few rows a refresh a second makes it large between
    /// two vacuums, so it is no verdict.
    /// </summary>
    private static async Task<double> DeadAsync(string connectionString, CancellationToken ct) =>
        (double)await AskAsync<decimal>(connectionString,
            "SELECT coalesce(round(n_dead_tup::numeric / nullif(n_live_tup + n_dead_tup, 0), 3), 0) FROM pg_stat_user_tables WHERE "
            + "relname = 'grants'", ct);

    private static async Task<T> AskAsync<T>(string connectionString, string question, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(question, connection);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }
}
