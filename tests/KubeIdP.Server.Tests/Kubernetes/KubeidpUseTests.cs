using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Keys;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Kubernetes;

/// <summary>
/// kubectl with kubeidp as its credential plugin, by the kubeconfig that kubeidp itself writes: two clusters after one login, past the end
/// of tokens, and what the terminal says after a revocation. The API servers are stand-ins, and real ones where there are some.
/// </summary>
public sealed partial class KubeidpUseTests
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(12);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "browser")]
    [InlineData(false, "device code")]
    [InlineData(true, "browser")]
    [InlineData(true, "device code")]
    public async Task One_login_serves_kubectl_at_two_clusters_until_somebody_ends_it(bool real, string way)
    {
        if (real) KubernetesTests.SkipWithout("etcd", "kube-apiserver");
        await using var world = await World.StartAsync(real, Ct);
        var login = await world.LogInAsync(way);
        var file = Path.Combine(world.Machine.Home, "config");
        (await world.Program.RunAsync(Ct, "kubeconfig", "prod", "dev", "--merge", file)).Succeeded();

        var prod = await world.WhoAmIAsync(file, "kubeidp-prod");
        var dev = await world.WhoAmIAsync(file, "kubeidp-dev");
        var parallel = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => world.WhoAmIAsync(file, "kubeidp-prod")));
        await Task.Delay(TokenLifetime + TimeSpan.FromSeconds(1), Ct);
        var later = await world.WhoAmIAsync(file, "kubeidp-prod");
        var mixed = await world.KubectlAsync(file, "get", "namespaces", "--context", "kubeidp-prod", "--user", "kubeidp-dev");

        Assert.Equal(0, login.ExitCode);
        Assert.All([prod, dev, later, .. parallel], outcome => Assert.Equal("alice", Username(outcome)));

        // On a busy machine those who wait for the one that asks say so.
        Assert.All([prod, dev, later], outcome => Assert.Empty(outcome.Error));
        Assert.All(parallel.SelectMany(outcome => outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            line => Assert.StartsWith("Waiting for another kubeidp ", line, StringComparison.Ordinal));
        Assert.NotEqual(0, mixed.ExitCode);

        (await world.Issuer.RunAsync(["people", "end-sessions", "alice", "--reason", "laptop lost"], ct: Ct)).Succeeded();
        await Task.Delay(TokenLifetime + TimeSpan.FromSeconds(1), Ct);
        var over = await world.WhoAmIAsync(file, "kubeidp-prod");

        Assert.NotEqual(0, over.ExitCode);
        Assert.Matches(@"An administrator ended this session at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.", over.Error);
    }

    // The token has most of its life left, and only the API server knows better: client-go then asks its plugin again.
    [Fact]
    public async Task A_token_that_is_refused_early_leads_to_the_sentence_in_the_same_command()
    {
        await using var world = await World.StartAsync(real: false, Ct, lifetime: TimeSpan.FromMinutes(10));
        await world.LogInAsync("browser");
        var file = Path.Combine(world.Machine.Home, "config");
        (await world.Program.RunAsync(Ct, "kubeconfig", "prod", "--merge", file)).Succeeded();
        Assert.Equal("alice", Username(await world.WhoAmIAsync(file, "kubeidp-prod")));

        (await world.Issuer.RunAsync(["people", "end-sessions", "alice", "--reason", "laptop lost"], ct: Ct)).Succeeded();
        world.RefuseAll("prod");
        var over = await world.WhoAmIAsync(file, "kubeidp-prod");

        Assert.NotEqual(0, over.ExitCode);
        Assert.Matches(@"An administrator ended this session at \d{4}-\d\d-\d\d", over.Error);
    }

    private static string? Username(Outcome outcome) => JsonDocument.Parse(outcome.Succeeded().Output).RootElement
        .GetProperty("status").GetProperty("userInfo").GetProperty("username").GetString();

    [GeneratedRegex("type this code: (?<code>[A-Z]{4}-[A-Z]{4})")]
    private static partial Regex UserCode();

    /// <summary>An issuer, two clusters, and alice at her machine.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly Dictionary<string, IAsyncDisposable> servers = [];
        private readonly TimeSpan lifetime;

        private World(TimeSpan lifetime)
        {
            this.lifetime = lifetime;
            Url = $"https://localhost:{Ports.Free()}";
            Issuer = new IssuerProcess($"issuer: {Url}\n");
            Browser = Issuer.CreateBrowser();
        }

        public IssuerProcess Issuer { get; }

        public string Url { get; }

        public PeopleMachine Machine { get; } = new();

        public CliProgram Program { get; } = new();

        private BrowserClient Browser { get; }

        private Account Alice { get; set; } = null!;

        public static async Task<World> StartAsync(bool real, CancellationToken ct, TimeSpan? lifetime = null)
        {
            var world = new World(lifetime ?? TokenLifetime);
            File.CreateSymbolicLink(Path.Combine(world.Machine.Bin, "kubeidp"), CliProgram.FilePath);
            if (real) await world.StartRealAsync(ct);
            else await world.StartStandInsAsync(ct);
            world.Alice = await world.Issuer.AddAccountAsync("alice", ct, "platform");
            return world;
        }

        public async Task<Outcome> LogInAsync(string way)
        {
            string[] where = ["--issuer", Url, "--certificate-authority", Issuer.CaFile];
            return way == "browser"
                ? (await Program.RunAsync(Alice, Browser, Ct, ["login", .. where, "--no-browser"])).Succeeded()
                : await LogInByCodeAsync(["login", .. where, "--device-code"]);
        }

        /// <summary>An API server that knows sooner than the token ends that the session is over.</summary>
        public void RefuseAll(string cluster) => ((StandInApiServer)servers[cluster]).RefusesAll = true;

        public Task<Outcome> WhoAmIAsync(string file, string context) =>
            KubectlAsync(file, "auth", "whoami", "-o", "json", "--context", context);

        public async Task<Outcome> KubectlAsync(string file, params string[] words)
        {
            var start = Machine.Start(KubernetesPrograms.PathOf("kubectl"), file, words);
            start.Environment["KUBEIDP_HOME"] = Program.Home;
            foreach (var name in (string[])["DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "SSH_CONNECTION"]) start.Environment.Remove(name);
            return await Programs.RunAsync(start, input: null, Ct);
        }

        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            foreach (var server in servers.Values) await server.DisposeAsync();
            await Issuer.DisposeAsync();
            Machine.Dispose();
        }

        private async Task<Outcome> LogInByCodeAsync(string[] words)
        {
            await Alice.SignInAsync(Browser, new Uri($"{Url}/account"), Ct);
            using var process = Program.Begin(words);
            var output = process.StandardOutput.ReadToEndAsync(Ct);
            var said = new StringBuilder();
            while (await process.StandardError.ReadLineAsync(Ct) is { } line)
            {
                said.AppendLine(line);
                if (UserCode().Match(line) is { Success: true } code) await Browser.ApproveAsync(code.Groups["code"].Value, Ct);
            }

            await process.WaitForExitAsync(Ct);
            return new Outcome(process.ExitCode, await output, $"{said}").Succeeded();
        }

        private async Task StartStandInsAsync(CancellationToken ct)
        {
            var entries = new StringBuilder();
            foreach (var cluster in (string[])["prod", "dev"])
            {
                var server = await StandInApiServer.StartAsync(Url, cluster, Issuer.CreateHandler(), ct);
                await File.WriteAllTextAsync(Path.Combine(Issuer.Folder, $"{cluster}.crt"), server.AuthorityPem, ct);
                servers[cluster] = server;
                entries.AppendLine(Entry(cluster, server.Address, $"{cluster}.crt"));
            }

            await StartIssuerAsync(entries.ToString(), ct);
        }

        // An API server can be started when there is an issuer, and the issuer's configuration names its address: so the issuer is started
        // again with it.
        private async Task StartRealAsync(CancellationToken ct)
        {
            await StartIssuerAsync("  prod: {}\n  dev: {}\n", ct);
            var entries = new StringBuilder();
            foreach (var cluster in (string[])["prod", "dev"])
            {
                var instructions = new ClusterInstructions(Url, cluster, SigningAlgorithm.RS256,
                    await File.ReadAllTextAsync(Issuer.CaFile, ct));
                var server = await ControlPlane.StartAsync(instructions.ApiServerFlags(Issuer.CaFile).Split('\n'), ct);
                servers[cluster] = server;
                entries.AppendLine(Entry(cluster, server.Address.GetLeftPart(UriPartial.Authority), server.CertificateFile));
            }

            await Issuer.StopAsync(ct);
            await StartIssuerAsync(entries.ToString(), ct);

            // The API server reads the issuer's discovery document in the background, again every ten seconds until it succeeds.
            await Task.Delay(TimeSpan.FromSeconds(15), ct);
        }

        private static string Entry(string cluster, string address, string authority) =>
            $$"""  {{cluster}}: { server: "{{address}}", caFile: "{{authority}}", plugin: kubeidp, deviceCode: { everybody: true } }""";

        private async Task StartIssuerAsync(string clusters, CancellationToken ct)
        {
            await File.WriteAllTextAsync(Path.Combine(Issuer.Folder, "kubeidp.yaml"), $$"""
                issuer: {{Url}}
                tokens: { idTokenLifetime: {{lifetime}} }
                cli: { deviceCode: { everybody: true } }
                clusters:
                {{clusters.TrimEnd()}}
                """, ct);
            await Issuer.StartAsync(ct);
        }
    }
}
