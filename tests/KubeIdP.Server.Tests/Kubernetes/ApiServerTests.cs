using System.Diagnostics;
using System.Net;
using System.Text.Json;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Keys;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Kubernetes;

/// <summary>What a real API server makes of this issuer's tokens, with each of the two ways of configuring its trust.</summary>
public sealed class ApiServerTests
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_API_server_configured_by_flags_knows_the_person_and_the_groups()
    {
        SkipWithoutCluster();
        await using var issuer = await StartIssuerAsync();
        var instructions = new ClusterInstructions(Url(issuer), "kubernetes", SigningAlgorithm.RS256,
            await File.ReadAllTextAsync(issuer.CaFile, Ct));
        await using var cluster = await ControlPlane.StartAsync(instructions.ApiServerFlags(issuer.CaFile).Split('\n'), Ct);

        await ShowAsync(issuer, cluster);
    }

    [Fact]
    public async Task An_API_server_configured_by_file_knows_the_person_and_the_groups()
    {
        SkipWithoutCluster();
        await using var issuer = await StartIssuerAsync();
        var file = Path.Combine(issuer.Folder, "authentication.yaml");
        await File.WriteAllTextAsync(file, await AuthenticationConfigurationAsync(issuer), Ct);
        await using var cluster = await ControlPlane.StartAsync([$"--authentication-config={file}"], Ct);

        await ShowAsync(issuer, cluster);
    }

    [Fact]
    public async Task An_API_server_that_asks_refuses_a_revoked_token_within_its_own_caches()
    {
        SkipWithoutCluster();
        var file = Path.Combine(Directory.CreateTempSubdirectory("kubeidp-webhook-").FullName, "token-review.yaml");
        AtExit.Run($"rm -rf {Path.GetDirectoryName(file)}");
        var (credential, hash) = ClientSecret.Create();

        // Tokens live as long as they may: it is the revocation that is seen.
        await using var issuer = new IssuerProcess($$"""
            issuer: https://localhost:{{Ports.Free()}}
            tokens: { idTokenLifetime: 00:15:00 }
            clusters:
              kubernetes: { tokenReview: { secretHash: "{{hash}}" } }
            """);
        await issuer.StartAsync(Ct);
        var instructions = new ClusterInstructions(Url(issuer), "kubernetes", SigningAlgorithm.RS256,
            await File.ReadAllTextAsync(issuer.CaFile, Ct)) { AsksByWebhook = true };
        await File.WriteAllTextAsync(file, instructions.WebhookKubeconfig(credential), Ct);
        await using var cluster = await ControlPlane.StartAsync(
            instructions.ApiServerFlags().Replace(ClusterInstructions.WebhookFileOnControlPlane, file, StringComparison.Ordinal)
                .Split('\n'), Ct);
        var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct, "platform"), Ct);

        var accepted = await cluster.WhoAmIAsync(tokens.IdToken, Ct);
        (await issuer.RunAsync(["sessions", "revoke", tokens.Claims.GetProperty("sid").GetString()!], ct: Ct)).Succeeded();
        var since = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(1) + ClusterInstructions.WebhookCacheTtl + TimeSpan.FromSeconds(10), Ct);
        var refused = await cluster.WhoAmIAsync(tokens.IdToken, Ct);

        Assert.Equal(HttpStatusCode.Created, accepted.Status);
        Assert.Equal("alice", accepted.UserInfo.GetProperty("username").GetString());
        Assert.Equal(tokens.Claims.GetProperty("sid").GetString(),
            accepted.UserInfo.GetProperty("extra").GetProperty("sid")[0].GetString());
        Assert.True(refused.Status == HttpStatusCode.Unauthorized, $"{refused.Status} after {since.Elapsed}");
    }

    private static void SkipWithoutCluster() => KubernetesTests.SkipWithout("etcd", "kube-apiserver");

    private static async Task<IssuerProcess> StartIssuerAsync()
    {
        var issuer = new IssuerProcess($"""
            issuer: https://localhost:{Ports.Free()}
            tokens:
              idTokenLifetime: {TokenLifetime}
            clusters:
              kubernetes: {"{}"}
              another-cluster: {"{}"}
            """);
        await issuer.StartAsync(Ct);
        return issuer;
    }

    private static string Url(IssuerProcess issuer) => issuer.Issuer.GetLeftPart(UriPartial.Authority);

    /// <summary>As this version of the program prints it for the version of this API server.</summary>
    private static async Task<string> AuthenticationConfigurationAsync(IssuerProcess issuer)
    {
        var cluster = new ClusterInstructions(Url(issuer), "kubernetes", SigningAlgorithm.RS256,
            await File.ReadAllTextAsync(issuer.CaFile, Ct)) { KubernetesMinor = (await ControlPlane.VersionAsync(Ct)).Minor };
        return cluster.AuthenticationConfiguration(cluster.ApiVersion!);
    }

    private static async Task ShowAsync(IssuerProcess issuer, ControlPlane cluster)
    {
        var account = await issuer.AddAccountAsync("alice", Ct, "platform", "dev");
        using var browser = issuer.CreateBrowser();
        var kubectl = issuer.CreateClient();
        var foreign = await issuer.CreateClient("another-cluster").LogInAsync(browser, account, Ct);
        var tokens = await kubectl.LogInAsync(browser, account, Ct);

        // The API server reads the issuer's discovery document in the background, again every ten seconds until it succeeds.
        var since = Stopwatch.StartNew();
        var answer = await cluster.WhoAmIAsync(tokens.IdToken, Ct);
        while (answer.Status == HttpStatusCode.Unauthorized && since.Elapsed < TimeSpan.FromSeconds(40))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);
            tokens = (await kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
            answer = await cluster.WhoAmIAsync(tokens.IdToken, Ct);
        }

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("alice", answer.UserInfo.GetProperty("username").GetString());
        var groups = answer.UserInfo.GetProperty("groups").EnumerateArray().Select(group => group.GetString()!);
        Assert.Equal(["dev", "platform", "system:authenticated"], groups.Order(StringComparer.Ordinal));

        // Fresh, so that it is the audience that is refused.
        foreign = (await issuer.CreateClient("another-cluster").RefreshAsync(foreign.RefreshToken!, Ct)).Succeeded();
        Assert.Equal(HttpStatusCode.Unauthorized, (await cluster.WhoAmIAsync(foreign.IdToken, Ct)).Status);

        // Never shown before it expires: what an API server has accepted it remembers for ten seconds.
        var old = (await kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        await Task.Delay(TokenLifetime + TimeSpan.FromSeconds(2), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, (await cluster.WhoAmIAsync(old.IdToken, Ct)).Status);

        var fresh = (await kubectl.RefreshAsync(old.RefreshToken!, Ct)).Succeeded();
        var said = (await cluster.KubectlAsync(fresh.IdToken, Ct, "auth", "whoami", "-o", "json")).Succeeded().Output;
        Assert.Equal("alice",
            JsonDocument.Parse(said).RootElement.GetProperty("status").GetProperty("userInfo").GetProperty("username").GetString());
    }
}
