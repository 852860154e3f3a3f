using System.Diagnostics;
using System.Net;
using KubeIdP.Server.Clusters;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Kubernetes;

/// <summary>Leaving the group of a cluster, on three replicas: what they issue, and what a real API server still accepts.</summary>
public sealed class AccessBoundTests : IAsyncLifetime
{
    private const string Clusters = """
        clusters:
          prod: { access: { groups: [local:ops] } }
          staging:
        """;

    private Replicas replicas = null!;
    private BrowserClient browser = null!;
    private Account alice = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        replicas = await Replicas.StartAsync(3, Ct, more: Clusters);
        browser = replicas[0].CreateBrowser();
        alice = await replicas.AddAccountAsync("alice", Ct, "ops");
    }

    public async ValueTask DisposeAsync()
    {
        browser?.Dispose();
        if (replicas is not null) await replicas.DisposeAsync();
    }

    [Fact]
    public async Task No_replica_issues_anything_more_for_that_cluster_and_each_does_for_the_others_and_after_the_return()
    {
        var prod = await replicas[0].CreateClient("prod").LogInAsync(browser, alice, Ct);
        var staging = await replicas[0].CreateClient("staging").LogInAsync(browser, alice, Ct);

        await SetGroupAsync("platform");
        for (var i = 0; i < replicas.Count; i++)
        {
            var refused = await replicas[i].CreateClient("prod").RefreshAsync(prod.RefreshToken!, Ct);
            Assert.Equal("invalid_grant", refused.Error);
            Assert.Contains("only for members of local:ops", refused.ErrorDescription, StringComparison.Ordinal);
            staging = (await replicas[i].CreateClient("staging").RefreshPatientlyAsync(staging.RefreshToken!, Ct)).Succeeded();
        }

        await SetGroupAsync("ops");
        for (var i = 0; i < replicas.Count; i++)
            prod = (await replicas[i].CreateClient("prod").RefreshPatientlyAsync(prod.RefreshToken!, Ct)).Succeeded();
        Assert.Equal(4, prod.Generation);
    }

    [Fact]
    public async Task An_API_server_refuses_within_the_stated_bound_and_accepts_again_without_a_login()
    {
        KubernetesTests.SkipWithout("etcd", "kube-apiserver");
        await using var direct = new IssuerProcess($"""
            issuer: https://localhost:{Ports.Free()}
            {Clusters}
            """);
        await direct.StartAsync(Ct);
        var (url, file) = (direct.Issuer.GetLeftPart(UriPartial.Authority), Path.Combine(direct.Folder, "authentication.yaml"));
        var authority = await File.ReadAllTextAsync(direct.CaFile, Ct);
        var instructions = new ClusterInstructions(url, "prod", Server.Keys.SigningAlgorithm.RS256, authority);
        var version = await ControlPlane.VersionAsync(Ct) >= new Version(1, 34) ? "v1" : "v1beta1";
        await File.WriteAllTextAsync(file, instructions.AuthenticationConfiguration(version), Ct);
        await using var cluster = await ControlPlane.StartAsync([$"--authentication-config={file}"], Ct);
        var (account, kubectl) = (await direct.AddAccountAsync("bob", Ct, "ops"), direct.CreateClient("prod"));
        using var own = direct.CreateBrowser();
        var tokens = await kubectl.LogInAsync(own, account, Ct);
        while ((await cluster.WhoAmIAsync(tokens.IdToken, Ct)).Status is not HttpStatusCode.Created)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);
            tokens = (await kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        }

        (await direct.RunAsync(["people", "set-groups", "bob", "--group", "platform"], ct: Ct)).Succeeded();
        var left = Stopwatch.StartNew();
        while ((await cluster.WhoAmIAsync(tokens.IdToken, Ct)).Status is HttpStatusCode.Created && left.Elapsed < TimeSpan.FromSeconds(80))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);
            if (await kubectl.RefreshAsync(tokens.RefreshToken!, Ct) is { IsSuccess: true } more) tokens = more;
        }

        Assert.True(left.Elapsed < TimeSpan.FromSeconds(71), $"Refused after {left.Elapsed}.");
        (await direct.RunAsync(["people", "set-groups", "bob", "--group", "ops"], ct: Ct)).Succeeded();
        var back = (await kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        Assert.Equal(HttpStatusCode.Created, (await cluster.WhoAmIAsync(back.IdToken, Ct)).Status);
    }

    private async Task SetGroupAsync(string group) =>
        (await replicas[1].RunAsync(["people", "set-groups", "alice", "--group", group], ct: Ct)).Succeeded();
}
