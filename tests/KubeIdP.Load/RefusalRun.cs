using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Load;

/// <summary>
/// Whether the time of a refusal tells who has an account, and where: tries of every kind, mixed, each from an address of its own, as a
/// guesser who is not slowed down.
/// </summary>
internal static class RefusalRun
{
    /// <summary>How far the medians may lie apart.</summary>
    private const double Tolerance = 0.05;

    // Fewer than lock an account in the directory.
    private const int TriesEach = 4;

    private const string Wrong = "gewiss nicht das Passwort";
    private const string Right = "correct horse battery staple";

    private sealed record Try(string Kind, string Username, string Password, string Directory);

    public static async Task<int> ExecuteAsync(int tries, int connections, bool json, CancellationToken ct)
    {
        await using var slapd = await Slapd.StartNewAsync(ct);
        var passwordFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(passwordFile, slapd.ReaderPassword, ct);
        await using var issuer = new IssuerProcess($$"""
            issuer: https://localhost:{{Ports.Free()}}
            listen: ["https://127.0.0.1:{{Ports.Free()}}"]
            upstreams:
              corp:
                kind: ldap
                servers: [ldaps://{{slapd.Host}}:{{slapd.TlsPort}}]
                caFile: {{slapd.AuthorityFile}}
                bindDn: "{{slapd.ReaderDn}}"
                bindPasswordFile: {{passwordFile}}
                users: { base: "{{slapd.BaseDn}}" }
            """);
        await issuer.StartAsync(ct);
        var all = await PrepareAsync(issuer, slapd, tries, ct);
        Console.Error.WriteLine($"{all.Count} tries, {connections} at once.");

        var times = new ConcurrentDictionary<string, ConcurrentBag<double>>();
        var number = 0;
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = ct },
            async (one, within) =>
            times.GetOrAdd(one.Kind, _ => []).Add(await TimeAsync(issuer, one, AddressOf(Interlocked.Increment(ref number)), within)));

        var medians = times.ToDictionary(kind => kind.Key, kind => kind.Value.Order().ToList().At(0.5));
        var spread = medians.Values.Max() / medians.Values.Min() - 1;
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new { tries, mediansMs = medians, spread }));
        else
            Console.WriteLine(
                string.Join('\n', medians.OrderBy(kind => kind.Key).Select(kind => $"{kind.Key,-28}  median {kind.Value,7:F1} ms"))
                    + $"\nThe medians lie within {spread:P1}; {Tolerance:P0} are allowed.");
        return spread <= Tolerance ? 0 : 1;
    }

    private static async Task<List<Try>> PrepareAsync(IssuerProcess issuer, Slapd slapd, int tries, CancellationToken ct)
    {
        const string Local = "Local accounts";
        const string Corp = "corp";
        await issuer.AddAccountAsync("local-alice", ct);
        await issuer.AddAccountAsync("local-disabled", ct);
        (await issuer.RunAsync(["people", "disable", "local-disabled"], ct: ct)).Succeeded();
        await slapd.AddPersonAsync("corp-disabled", Right, ct);
        await slapd.DisableAsync("corp-disabled", ct);
        await slapd.AddPersonAsync("corp-locked", Right, ct);
        var people = (tries + TriesEach - 1) / TriesEach;
        for (var i = 0; i < people; i++) await slapd.AddPersonAsync($"corp-{i}", Right, ct);

        var all = new List<Try>();
        for (var i = 0; i < tries; i++)
        {
            all.AddRange(
            [
                new("local: unknown", $"nobody-{i}", Wrong, Local), new("local: wrong password", "local-alice", Wrong, Local),
                new("local: disabled", "local-disabled", Right, Local),
                new("directory: unknown", $"nobody-{i}", Wrong, Corp),
                new("directory: wrong password", $"corp-{i / TriesEach}", Wrong, Corp),
                new("directory: disabled", "corp-disabled", Right, Corp), new("directory: locked", "corp-locked", Wrong, Corp),
            ]);
        }

        return all;
    }

    private static async Task<double> TimeAsync(IssuerProcess issuer, Try one, IPAddress from, CancellationToken ct)
    {
        using var browser = new BrowserClient(issuer.CreateHandler(from), issuer.Issuer);
        var page = (await browser.GoAsync("/account", ct)).Fill("Your account is in", one.Directory).Fill("Username", one.Username)
            .Fill("Password", one.Password);
        var began = Stopwatch.GetTimestamp();
        page = await page.PressAsync("Sign in", ct);
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return page.Has("Sign-in failed.") ? took : throw new InvalidOperationException($"{one.Kind} was not refused: {page}");
    }

    // All of 127.0.0.0/8 is this machine. One for each try: neither address nor account then has to wait for the failures before it.
    private static IPAddress AddressOf(int number) =>
        new([127, (byte)(1 + number / 62_500 % 250), (byte)(1 + number / 250 % 250), (byte)(1 + number % 250)]);
}
