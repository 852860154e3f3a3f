using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Races;

namespace KubeIdP.Load;

/// <summary>Every race of which the tests run a slice, or one of them, with as many rounds as somebody has time for.</summary>
internal static class RacesRun
{
    private static readonly Race[] All =
    [
        new("client-revocation", OnThree((replicas, rounds, ct) => new RevocationRace(replicas).ByClientAsync(rounds, ct))),
        new("session-revocation", OnThree((replicas, rounds, ct) => new RevocationRace(replicas).BySessionAsync(rounds, ct))),
        new("person-revocation", OnThree((replicas, rounds, ct) => new RevocationRace(replicas).ByPersonAsync(rounds, ct))),
        new("refresh-tokens", OnThree((replicas, rounds, ct) => new SingleUseRace(replicas).OfRefreshTokensAsync(rounds, ct))),
        new("codes", OnThree((replicas, rounds, ct) => new SingleUseRace(replicas).OfCodesAsync(rounds, ct))),
        new("device-codes", OnThree((replicas, rounds, ct) => new SingleUseRace(replicas).OfDeviceCodesAsync(rounds, ct))),
        new("reviews", OnThree((replicas, rounds, ct) => new ReviewRace(replicas).RunAsync(Listeners.Whole, rounds, ct))),
        new("reviews-cut-listeners", OnThree((replicas, rounds, ct) => new ReviewRace(replicas).RunAsync(Listeners.Cut, rounds, ct))),
        new("reviews-deaf-listeners", OnThree((replicas, rounds, ct) => new ReviewRace(replicas).RunAsync(Listeners.Deaf, rounds, ct))),
        new("crashes", Alone((issuer, rounds, ct) => new CrashRace(issuer).RunAsync(rounds, ct))),
        new("wrong-passwords", Alone((issuer, rounds, ct) => new GuessingRace(issuer).RunAsync(rounds, ct))),
    ];

    public static string[] Names => [.. All.Select(race => race.Name)];

    /// <param name="only">The name of one race; null for all.</param>
    public static async Task<int> ExecuteAsync(int rounds, string? only, bool json, CancellationToken ct)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds of {only ?? "each race"}, with the seed {Chance.Seed} (KUBEIDP_SEED)."));

        // Started with the first race that wants them.
        var started = new Lazy<Task<ThreeReplicas>>(async () =>
        {
            var replicas = new ThreeReplicas();
            await replicas.InitializeAsync();
            return replicas;
        });
        var results = new List<Result>();
        try
        {
            foreach (var (name, runAsync) in All.Where(race => only is null || race.Name == only))
            {
                var since = Stopwatch.StartNew();
                var fault = await FaultOfAsync(() => runAsync(started, rounds, ct));
                results.Add(new Result(name, fault, since.Elapsed.TotalSeconds));
                Console.Error.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{name}: {fault ?? "held"} ({since.Elapsed.TotalSeconds:F0} s)"));
            }
        }
        finally
        {
            if (started is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await started.Value).DisposeAsync();
        }

        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new { rounds, seed = Chance.Seed, races = results }, JsonSerializerOptions.Web));
        else Console.WriteLine(results.TrueForAll(result => result.Broken is null) ? "Every promise held." : "A promise broke: see above.");
        return results.TrueForAll(result => result.Broken is null) ? 0 : 1;
    }

    private static Func<Lazy<Task<ThreeReplicas>>, int, CancellationToken, Task> OnThree(
        Func<ThreeReplicas, int, CancellationToken, Task> runAsync) =>
        async (started, rounds, ct) => await runAsync(await started.Value, rounds, ct);

    private static Func<Lazy<Task<ThreeReplicas>>, int, CancellationToken, Task> Alone(
        Func<IssuerProcess, int, CancellationToken, Task> runAsync) =>
        async (_, rounds, ct) =>
        {
            await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
            await runAsync(issuer, rounds, ct);
        };

    /// <summary>A broken promise of one race is reported, and does not keep the others from running.</summary>
    private static async Task<string?> FaultOfAsync(Func<Task> runAsync)
    {
        try
        {
            await runAsync();
            return null;
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            return broken.ToString();
        }
    }

    private sealed record Race(string Name, Func<Lazy<Task<ThreeReplicas>>, int, CancellationToken, Task> RunAsync);

    private sealed record Result(string Race, string? Broken, double Seconds);
}
