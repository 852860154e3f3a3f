using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Races;

namespace KubeIdP.Load;

/// <summary>Every race of which the tests run a slice, with as many rounds as somebody has time for.</summary>
internal static class RacesRun
{
    public static async Task<int> ExecuteAsync(int rounds, bool json, CancellationToken ct)
    {
        Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{rounds} rounds of each race, with the seed {Chance.Seed} (KUBEIDP_SEED)."));
        await using var replicas = new ThreeReplicas();
        await replicas.InitializeAsync();
        var (revocation, singleUse, review) = (new RevocationRace(replicas), new SingleUseRace(replicas), new ReviewRace(replicas));
        (string Name, Func<Task> RunAsync)[] races =
        [
            ("revocation by a client", () => revocation.ByClientAsync(rounds, ct)),
            ("revocation of a session", () => revocation.BySessionAsync(rounds, ct)),
            ("revocation of a person's sessions", () => revocation.ByPersonAsync(rounds, ct)),
            ("one refresh token many times", () => singleUse.OfRefreshTokensAsync(rounds, ct)),
            ("one code many times", () => singleUse.OfCodesAsync(rounds, ct)),
            ("one device code many times", () => singleUse.OfDeviceCodesAsync(rounds, ct)),
            ("revocation and reviews", () => review.RunAsync(Listeners.Whole, rounds, ct)),
            ("revocation and reviews, listeners cut", () => review.RunAsync(Listeners.Cut, rounds, ct)),
            ("revocation and reviews, listeners deaf", () => review.RunAsync(Listeners.Deaf, rounds, ct)),
            ("crashes on SQLite", () => AloneAsync(issuer => new CrashRace(issuer).RunAsync(rounds, ct))),
            ("wrong passwords from elsewhere", () => AloneAsync(issuer => new GuessingRace(issuer).RunAsync(rounds, ct))),
        ];

        var results = new List<Result>();
        foreach (var (name, runAsync) in races)
        {
            var since = Stopwatch.StartNew();
            var fault = await FaultOfAsync(runAsync);
            results.Add(new Result(name, fault, since.Elapsed.TotalSeconds));
            Console.Error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{name}: {fault ?? "held"} ({since.Elapsed.TotalSeconds:F0} s)"));
        }

        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new { rounds, seed = Chance.Seed, races = results }, JsonSerializerOptions.Web));
        else Console.WriteLine(results.TrueForAll(result => result.Broken is null) ? "Every promise held." : "A promise broke: see above.");
        return results.TrueForAll(result => result.Broken is null) ? 0 : 1;
    }

    private static async Task AloneAsync(Func<IssuerProcess, Task> runAsync)
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await runAsync(issuer);
    }

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

    private sealed record Result(string Race, string? Broken, double Seconds);
}
