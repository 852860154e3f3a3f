using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Testing.Protocol;
using Npgsql;

namespace KubeIdP.Load;

/// <summary>
/// Machines poll for their tokens (RFC 8628 §3.4) while others refresh. Honest ones: as many as may wait at once, each every five seconds.
/// One address that doesn't care for the interval. And one that polls with codes that this server has not made. Passes with and without
/// them alternate, so that both meet the same machine.
/// </summary>
internal sealed class DevicePollsRun
{
    private const int IntervalSeconds = 5;
    private const int Connections = 64;

    /// <summary>How much longer 99 of 100 refreshes may take beside polls.</summary>
    private const double MaxRatio = 2;

    /// <summary>Of background jobs, for which a pass may have a few more statements than another.</summary>
    private const double StatementsTolerance = 0.05;

    // Other statements have to do with device requests too: a job asks once a minute for those that have expired.
    private const string PollStatement = "UPDATE device_requests SET polled_at";

    private readonly Stage stage;
    private readonly ConcurrentDictionary<string, int> answers = new(StringComparer.Ordinal);

    private DevicePollsRun(Stage stage) => this.stage = stage;

    /// <param name="machines">How many honest ones there are.</param>
    /// <param name="rate">Polls a second of those who don't care for the interval.</param>
    /// <param name="seconds">How long each pass lasts; a code lives for five minutes.</param>
    public static async Task<int> ExecuteAsync(int machines, int rate, int seconds, int passes, bool json, CancellationToken ct)
    {
        var duration = TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 200));
        await using var stage = await Stage.SetAsync(
            Storage.Postgres, Algorithm.Es256, new Scale(People: 2, ClientsEach: 5), ct, deviceCode: true);
        var networks = Math.Clamp(machines, DeviceRequestStore.MaxLivePerNetwork, DeviceRequestStore.MaxLive)
            / DeviceRequestStore.MaxLivePerNetwork;
        List<Series> all =
        [
            new(Pollers.None, 0, 0, 0),
            new(Pollers.Honest, networks * DeviceRequestStore.MaxLivePerNetwork / (double)IntervalSeconds, networks, Connections: 1),
            new(Pollers.Hasty, rate, Networks: 1, Connections), new(Pollers.Foreign, rate, Networks: 1, Connections),
        ];

        // Pass 0 is the server's warm-up, of each kind of request.
        for (var pass = 0; pass <= passes; pass++)
        {
            foreach (var series in all)
            {
                var one = await new DevicePollsRun(stage).PassAsync(series, duration, ct);
                if (pass > 0) series.Add(one);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"pass {pass}, {series.Pollers}: {one.Sent / duration.TotalSeconds:F0} polls a second ({one.AnswersText}); 99 of 100 "
                        + $"refreshes within {one.Refreshes.At(0.99):F1} ms"));
            }
        }

        return Report(all, duration * passes, json);
    }

    private static int Report(List<Series> all, TimeSpan each, bool json)
    {
        var alone = all[0];
        var judged = all.Skip(1).Select(series => series.Against(alone, each)).ToList();
        var isRight = judged.TrueForAll(one => one.Faults.Count == 0);
        var (p50AloneMs, p99AloneMs) = (alone.Refreshes.At(0.5), alone.P99RefreshMs);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    secondsEach = each.TotalSeconds, p50AloneMs, p99AloneMs, refreshesAlone = alone.Refreshes.Count, polls = judged,
                    isRight,
                }, JsonSerializerOptions.Web));
        }
        else
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"99 of 100 refreshes took at most {p99AloneMs:F1} ms alone, in the middle pass (median {p50AloneMs:F1} ms)."));
            foreach (var one in judged)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                    {one.Pollers}: {one.PerSecond:F0} polls a second, answered within {one.P50Ms:F1} ms (99 of 100: {one.P99Ms:F1} ms);
                        {string.Join(", ", one.Answers.Select(answer => $"{answer.Key} {answer.Value}"))};
                        {one.StatementsEach:F2} statements a poll, {one.OtherStatementsEach:F3} of other kinds;
                        99 of 100 refreshes beside them took at most {one.P99RefreshMs:F1} ms, {one.Ratio:F2} times as long
                        (median {one.P50RefreshMs:F1} ms).
                    """));
                foreach (var fault in one.Faults) Console.WriteLine($"    FAILED: {fault}");
            }

            Console.WriteLine(isRight ? "Passed." : "FAILED.");
        }

        return isRight ? 0 : 1;
    }

    private async Task<Pass> PassAsync(Series series, TimeSpan duration, CancellationToken ct)
    {
        await ForgetAsync(ct);
        List<HttpMessageInvoker> networks = [.. Enumerable.Range(0, series.Networks).Select(MachineAt)];
        var codes = await AskAsync(networks, ct);
        if (series.Pollers == Pollers.Foreign) codes = Foreign(codes);
        var machines = networks.SelectMany(network => Enumerable.Repeat(network, series.Connections)).ToList();

        IReadOnlyList<double> refreshes = [];
        var latencies = new ConcurrentBag<double>();
        var statements = await stage.StatementsOfAsync(async () =>
        {
            var began = Stopwatch.StartNew();
            var pollers = machines.Select((machine, number) => new Poller(
                machine, codes, series.Pollers == Pollers.Honest, series.Rate, number, machines.Count, began, duration));
            var polling = Task.WhenAll(
                pollers.Select(poller => Task.Run(() => PollAsync(poller, latencies, ct), ct)).Append(Task.Delay(duration, ct)));
            refreshes = await stage.RefreshSteadilyAsync(polling, ct);
        }, ct);

        foreach (var network in networks) network.Dispose();
        var own = statements.Where(statement => statement.Key.Contains(PollStatement, StringComparison.Ordinal))
            .Sum(statement => statement.Value);
        return new Pass(refreshes, [.. latencies], new Dictionary<string, int>(answers), own,
            statements.Values.Sum() - own - (2 * refreshes.Count), codes.Count);
    }

    /// <summary>One connection's share of the polls: at its times, or as soon as it has the answer before.</summary>
    private async Task PollAsync(Poller poller, ConcurrentBag<double> latencies, CancellationToken ct)
    {
        // RFC 8628 §3.5: the interval counts from the answer, however late that came.
        var next = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        for (var number = poller.First; ; number += poller.Step)
        {
            var code = poller.Codes[number % poller.Codes.Count];
            var due = TimeSpan.FromSeconds(Math.Max(number / poller.Rate, next.GetValueOrDefault(code).TotalSeconds));
            if (due >= poller.Duration || poller.Began.Elapsed >= poller.Duration) return;
            if (due - poller.Began.Elapsed is var left && left > TimeSpan.Zero) await Task.Delay(left, ct);

            var sent = Stopwatch.GetTimestamp();
            var answer = await SendAsync(poller.Machine, code, ct);
            latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            answers.AddOrUpdate(answer, 1, (_, count) => count + 1);
            if (poller.IsHonest) next[code] = poller.Began.Elapsed + TimeSpan.FromSeconds(IntervalSeconds);
        }
    }

    private async Task<string> SendAsync(HttpMessageInvoker machine, string code, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(stage.Issuer.Issuer, "/connect/token"))
        {
            Content = new FormUrlEncodedContent([new("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                new("client_id", Stage.ClientId), new("device_code", code)]),
        };
        using var response = await machine.SendAsync(request, ct);
        var answer = await TokenAnswer.ReadAsync(response, ct);
        return answer.Status == HttpStatusCode.BadRequest && answer.Error is { } error ? error : $"{(int)answer.Status}";
    }

    /// <summary>As many codes for each network as may wait there. Poll number n is for code n, and comes from network n.</summary>
    private async Task<IReadOnlyList<string>> AskAsync(List<HttpMessageInvoker> networks, CancellationToken ct)
    {
        var codes = new string[networks.Count * DeviceRequestStore.MaxLivePerNetwork];
        await Parallel.ForAsync(0, codes.Length, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct },
            async (number, within) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(stage.Issuer.Issuer, "/connect/device"))
                {
                    Content = new FormUrlEncodedContent([new("client_id", Stage.ClientId), new("scope", "openid")]),
                };
                using var response = await networks[number % networks.Count].SendAsync(request, within);
                var text = await response.Content.ReadAsStringAsync(within);
                codes[number] = response.StatusCode == HttpStatusCode.OK
                    ? JsonDocument.Parse(text).RootElement.GetProperty("device_code").GetString()!
                    : throw new InvalidOperationException($"No device code came: {(int)response.StatusCode} {text}");
            });
        return codes;
    }

    /// <summary>Codes that this server has not made: invented, changed in the middle, and a token of another kind.</summary>
    private IReadOnlyList<string> Foreign(IReadOnlyList<string> codes) =>
    [
        .. codes.Select(code => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", code.Length)),
        .. codes.Select(code => $"{code[..(code.Length / 2)]}{(code[code.Length / 2] == 'A' ? 'B' : 'A')}{code[(code.Length / 2 + 1)..]}"),
        .. stage.RefreshTokens, "x",
    ];

    // All of 127.0.0.0/8 is this machine.
    private HttpMessageInvoker MachineAt(int network) =>
        new(stage.Issuer.CreateHandler(new IPAddress([127, 1, (byte)(network / 250), (byte)(1 + (network % 250))])));

    /// <summary>Deletes all device requests, as when they have expired: there is a limit for those that live.</summary>
    private async Task ForgetAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(stage.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("DELETE FROM device_requests", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private sealed record Poller(HttpMessageInvoker Machine, IReadOnlyList<string> Codes, bool IsHonest, double Rate, int First, int Step,
        Stopwatch Began, TimeSpan Duration);

    /// <param name="Own">How many statements were those of a poll.</param>
    /// <param name="Others">How many were neither those of a poll nor those of a refresh, of which there are two.</param>
    private sealed record Pass(
        IReadOnlyList<double> Refreshes, IReadOnlyList<double> Latencies, IReadOnlyDictionary<string, int> Answers, long Own, long Others,
        int Codes)
    {
        public int Sent => Answers.Values.Sum();

        public string AnswersText => string.Join(", ", Answers.Select(answer => $"{answer.Key} {answer.Value}"));
    }

    private enum Pollers
    {
        None,
        Honest,
        Hasty,
        Foreign,
    }

    /// <summary>All passes of one kind.</summary>
    /// <param name="Rate">Polls a second.</param>
    /// <param name="Connections">Of each network.</param>
    private sealed record Series(Pollers Pollers, double Rate, int Networks, int Connections)
    {
        private readonly List<Pass> passes = [];

        public IReadOnlyList<double> Refreshes => [.. passes.SelectMany(pass => pass.Refreshes).Order()];

        /// <summary>
        /// Of the passes the one in the middle: another program on the machine spoils one of them, and not what is measured.
        /// </summary>
        public double P99RefreshMs
        {
            get
            {
                List<double> each = [.. passes.Select(pass => ((List<double>)[.. pass.Refreshes.Order()]).At(0.99)).Order()];
                return each.At(0.5);
            }
        }

        public void Add(Pass pass) => passes.Add(pass);

        public Judged Against(Series alone, TimeSpan each)
        {
            var sent = passes.Sum(pass => pass.Sent);
            var answers = passes.SelectMany(pass => pass.Answers).GroupBy(answer => answer.Key)
                .ToDictionary(answer => answer.Key, answer => answer.Sum(one => one.Value));
            List<double> latencies = [.. passes.SelectMany(pass => pass.Latencies).Order()];
            var own = passes.Sum(pass => pass.Own);
            var others = passes.Sum(pass => pass.Others) - alone.passes.Sum(pass => pass.Others);
            var judged = new Judged(Pollers.ToString(), sent / each.TotalSeconds, answers, latencies.At(0.5), latencies.At(0.99),
                own / (double)sent, others / (double)sent, Refreshes.At(0.5), P99RefreshMs, P99RefreshMs / alone.P99RefreshMs,
                Refreshes.Count);

            string[] allowed = Pollers switch
            {
                Pollers.Honest => ["authorization_pending"],
                Pollers.Hasty => ["authorization_pending", "slow_down"],
                _ => ["invalid_grant"],
            };
            if (judged.PerSecond < 0.95 * Rate) judged.Faults.Add($"{Rate:F0} polls a second were wanted.");
            if (answers.Keys.Except(allowed).ToList() is [_, ..] wrong) judged.Faults.Add($"Answered with {string.Join(", ", wrong)}.");
            if (own != (Pollers == Pollers.Foreign ? 0 : sent)) judged.Faults.Add($"{sent} polls took {own} of their statement.");
            if (judged.OtherStatementsEach > StatementsTolerance) judged.Faults.Add("Polls take further statements.");
            if (judged.Ratio >= MaxRatio) judged.Faults.Add($"Refreshes take {judged.Ratio:F2} times as long.");

            // Refused polls don't move the time from which the next one counts, so of each code one is accepted every four seconds.
            var accepted = passes.Sum(pass => pass.Codes) * (each.TotalSeconds / passes.Count / (IntervalSeconds - 1) + 1);
            if (Pollers == Pollers.Hasty && answers.GetValueOrDefault("authorization_pending") > accepted)
                judged.Faults.Add("More polls were accepted than their interval allows.");
            return judged;
        }
    }

    private sealed record Judged(string Pollers, double PerSecond, IReadOnlyDictionary<string, int> Answers, double P50Ms, double P99Ms,
        double StatementsEach, double OtherStatementsEach, double P50RefreshMs, double P99RefreshMs, double Ratio, int Refreshes)
    {
        public List<string> Faults { get; } = [];
    }
}
