using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Load;

/// <summary>
/// PostgreSQL is stopped under load and started again: what is answered meanwhile, how soon all is well, and whether anybody has lost a
/// session (FR1).
/// </summary>
internal static class OutageRun
{
    /// <summary>From its return on, everybody has to have a token within this time.</summary>
    private static readonly TimeSpan Healing = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // What waits for a failover in vain, and for a connection.
    private static readonly TimeSpan UntilNoticed = TimeSpan.FromSeconds(8);

    private static readonly string[] Documents = ["/livez", ".well-known/openid-configuration", ".well-known/jwks"];

    public static async Task<int> ExecuteAsync(int seconds, int kubectls, bool json, CancellationToken ct)
    {
        await using var postgres = await PostgresServer.StartNewAsync(ct, durable: true);
        var management = Ports.Free();
        await using var issuer = new IssuerProcess($$"""
            {{Replicas.Configuration(await postgres.CreateDatabaseAsync(ct), Replicas.NewMasterKey())}}
            management: { listen: "http://127.0.0.1:{{management}}" }
            """);
        await issuer.StartAsync(ct);
        var all = await StoredToken.SignInAsync(issuer, people: (kubectls + 9) / 10, kubectls: Math.Min(kubectls, 10), ct);
        Console.Error.WriteLine($"{all.Count} kubectls; PostgreSQL is away for {seconds} s.");

        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{management}") };
        using var people = new HttpClient(issuer.CreateHandler()) { BaseAddress = new Uri(issuer.Issuer + "/") };
        var clock = Stopwatch.StartNew();
        var (refreshes, documents) = (new ConcurrentQueue<(TimeSpan At, int Kubectl, Seen Seen)>(),
            new ConcurrentQueue<(TimeSpan At, string Document, bool IsRight)>());
        var running = all.Select((kept, number) => Task.Run(async () =>
        {
            using var client = issuer.CreateClient();
            while (!end.IsCancellationRequested)
            {
                refreshes.Enqueue((clock.Elapsed, number, await kept.RefreshAsync(client, ct)));
                await Task.Delay(Pause, ct);
            }
        }, ct)).Append(Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                foreach (var document in Documents)
                    documents.Enqueue(
                        (clock.Elapsed, document, await AnswersAsync(document == Documents[0] ? platform : people, document, ct)));
                await Task.Delay(Pause, ct);
            }
        }, ct)).ToList();

        await Task.Delay(Before, ct);
        var stopped = clock.Elapsed;
        await postgres.StopAsync(ct);
        await Task.Delay(TimeSpan.FromSeconds(seconds), ct);
        await postgres.StartAsync(ct);
        var back = clock.Elapsed;
        await Task.Delay(Healing + TimeSpan.FromSeconds(5), ct);
        await end.CancelAsync();
        await Task.WhenAll(running);

        var healed = Enumerable.Range(0, all.Count)
            .Select(number =>
                refreshes.Where(one => one.Kubectl == number && one.At > back && one.Seen == Seen.Refreshed).Select(one => one.At)
                    .DefaultIfEmpty(TimeSpan.MaxValue).Min()).Max();
        var lastProblem = refreshes.Where(one => one.At > back && one.Seen != Seen.Refreshed).Select(one => one.At - back)
            .DefaultIfEmpty(TimeSpan.Zero).Max();
        var result = new
        {
            refreshed = refreshes.Count(one => one.Seen == Seen.Refreshed),
            postponed = refreshes.Count(one => one.Seen == Seen.Postponed),
            refused = refreshes.Count(one => one.Seen == Seen.Refused),
            withoutAnswer = refreshes.Count(one => one.Seen == Seen.Nothing),
            issuedDuringOutage = refreshes.Count(one => one.Seen == Seen.Refreshed && one.At > stopped + UntilNoticed
                && one.At < back - UntilNoticed),
            documents = documents.Count,
            documentsWrong = documents.Count(one => !one.IsRight),
            everybodyHasATokenAfterSeconds = healed == TimeSpan.MaxValue ? double.NaN : (healed - back).TotalSeconds,
            lastProblemAfterSeconds = lastProblem.TotalSeconds,
        };
        var isRight = result is { refused: 0, withoutAnswer: 0, issuedDuringOutage: 0, documentsWrong: 0, postponed: > 0 }
            && healed - back < Healing && lastProblem < Healing;
        Console.WriteLine(json ? JsonSerializer.Serialize(result) : string.Create(CultureInfo.InvariantCulture, $"""
            {result.refreshed} refreshed, {result.postponed} answered with 503, {result.refused} refused,
            {result.withoutAnswer} without an answer.
            {result.documentsWrong} of {result.documents} looks at /livez, discovery and JWKS were not answered with 200.
            Everybody had a token {result.everybodyHasATokenAfterSeconds:F1} s after its return;
            the last 503 came {result.lastProblemAfterSeconds:F1} s after it.
            {(isRight ? "Passed." : "FAILED.")}
            """));
        return isRight ? 0 : 1;
    }

    private static async Task<bool> AnswersAsync(HttpClient http, string document, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(document, ct);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
