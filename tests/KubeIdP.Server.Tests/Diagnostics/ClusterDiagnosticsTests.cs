using System.Net;
using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Diagnostics;
using KubeIdP.Server.Tests.Commands;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tests.Kubernetes;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Diagnostics;

/// <summary>What <c>check --clusters</c> says about an API server, over real TLS.</summary>
public sealed class ClusterDiagnosticsTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly DateTimeOffset InAYear = TimeProvider.System.GetUtcNow().AddDays(300);

    private static readonly DateTimeOffset Yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);

    private const string ReplaceFile = " If the API server has the file of before, replace it: clusters authentication-config prod";

    private readonly TemporaryFolder folder = new();
    private readonly TestAuthority authority = new("CN=cluster");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("1.34", "v1.34.1", true, null, null)]
    [InlineData("1.34", "v1.34.0+k3s1", true, null, null)]
    [InlineData("1.34", "v1.34.2-eks-3025e55", true, null, null)]
    [InlineData(null, "v1.35.2", true, null, null)]
    [InlineData("1.34", "v1.35.2", true, "and clusters.prod.kubernetes says 1.34", "Set clusters.prod.kubernetes: \"1.35\".")]
    [InlineData("1.34", "v1.33.5", false, "needs the AuthenticationConfiguration in version v1beta1, and this server prints v1",
        "Set clusters.prod.kubernetes: \"1.33\"." + ReplaceFile)]
    [InlineData(null, "v1.31.0", false, "is not set, which counts as 1.34 or later. 1.31 needs",
        "Set clusters.prod.kubernetes: \"1.31\"." + ReplaceFile)]
    [InlineData("1.31", "v1.34.0", false, "needs the AuthenticationConfiguration in version v1, and this server prints v1beta1",
        "Set clusters.prod.kubernetes: \"1.34\"." + ReplaceFile)]
    [InlineData("1.29", "v1.30.0", false, "this server prints flags",
        "Set clusters.prod.kubernetes: \"1.30\"." + ReplaceFile)]
    [InlineData("1.34", "v1.29.9", false, "1.29 has no AuthenticationConfiguration",
        "Set clusters.prod.kubernetes: \"1.29\". Then use the flags: clusters flags prod")]
    public async Task The_version_is_compared_with_the_configured_one(
        string? configured, string version, bool ok, string? what, string? fix)
    {
        await using var server = await ServeAsync(VersionApiServer.Version(version));

        var finding = Assert.Single(await RunAsync(Cluster(server) with { Kubernetes = configured }));

        Assert.Equal(("clusters.prod", ok, fix), (finding.Subject, finding.Ok, finding.Fix));
        Assert.Contains(what ?? $"({version}) and its certificate is trusted", finding.What, StringComparison.Ordinal);
    }

    // There the file is not what the API server is told by.
    [Theory]
    [InlineData("eks", false)]
    [InlineData("proxy", false)]
    [InlineData("kubeadm", true)]
    public async Task Where_no_file_is_used_another_version_is_a_warning_at_most(string platform, bool reviews)
    {
        await using var server = await ServeAsync(VersionApiServer.Version("v1.31.4"));
        var cluster = Cluster(server) with
        {
            Platform = Enum.Parse<ClusterPlatform>(platform, ignoreCase: true),
            TokenReview = new() { SecretHash = reviews ? ClientSecret.Create().Hash : null },
        };

        var unset = Assert.Single(await RunAsync(cluster));
        var other = Assert.Single(await RunAsync(cluster with { Kubernetes = "1.34" }));

        Assert.Equal((true, (string?)null), (unset.Ok, unset.Fix));
        Assert.Equal((true, "Set clusters.prod.kubernetes: \"1.31\"."), (other.Ok, other.Fix));
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task An_API_server_that_hides_its_version_is_fine(HttpStatusCode status)
    {
        await using var server = await ServeAsync((status, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure"}"""));

        var finding = Assert.Single(await RunAsync(Cluster(server)));

        Assert.Equal((true, (string?)null), (finding.Ok, finding.Fix));
        Assert.Contains($"is only for requests with a token ({(int)status}), which is fine", finding.What, StringComparison.Ordinal);
    }

    // It may be a proxy that authenticates requests, or a page to sign in to something else.
    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "<html><title>Sign in</title></html>")]
    [InlineData(HttpStatusCode.Unauthorized, "")]
    [InlineData(HttpStatusCode.Forbidden, "[]")]
    [InlineData(HttpStatusCode.Unauthorized, """{"type":"error","status":"401","message":"must authenticate"}""")]
    [InlineData(HttpStatusCode.Unauthorized, """{"kind":"Status","apiVersion":"v2"}""")]
    [InlineData(HttpStatusCode.Forbidden, """{"kind":"Status"}""")]
    public async Task A_refusal_that_is_not_an_API_servers_is_a_warning(HttpStatusCode status, string body)
    {
        await using var server = await ServeAsync((status, body));

        var finding = Assert.Single(await RunAsync(Cluster(server)));

        Assert.True(finding.Ok);
        Assert.Contains($"answers {(int)status} without a token, but not as an API server does", finding.What, StringComparison.Ordinal);
        Assert.Contains("set clusters.prod.server to the address of the API server", finding.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "", "status 404")]
    [InlineData(HttpStatusCode.Found, "", "status 302")]
    [InlineData(HttpStatusCode.OK, "<html>", "not that of an API server")]
    [InlineData(HttpStatusCode.OK, "[]", "not that of an API server")]
    [InlineData(HttpStatusCode.OK, """{"gitVersion":7}""", "not that of an API server")]
    [InlineData(HttpStatusCode.OK, """{"gitVersion":"v2.1.0"}""", "not that of an API server")]
    [InlineData(HttpStatusCode.OK, """{"gitVersion":"v1.99999999999.0"}""", "not that of an API server")]
    [InlineData(HttpStatusCode.OK, """{"gitVersion":"v1.34.1\u001b[2J"}""", "not that of an API server")]
    public async Task Something_else_at_the_address_is_named(HttpStatusCode status, string body, string what)
    {
        await using var server = await ServeAsync((status, body));

        var finding = Assert.Single(await RunAsync(Cluster(server)));

        AssertWrong(finding, what, "clusters.prod.server");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_named()
    {
        folder.Write("ca.pem", authority.Pem);
        using var other = new TestAuthority("CN=another cluster");
        using var certificate = other.Issue(["localhost"], InAYear, Yesterday);
        await using var server = await VersionApiServer.StartAsync(certificate, VersionApiServer.Version("v1.34.1"), Ct);

        var wrong = Assert.Single(await RunAsync(Cluster(server)));
        var missing = Assert.Single(await RunAsync(Cluster(server) with { CaFile = null }));

        AssertWrong(wrong, $"is not from the authority in {folder.File("ca.pem")}", "Replace caFile");
        AssertWrong(missing, "This machine does not trust its certificate", "Set caFile");
        Assert.Empty(server.Credentials); // It was asked nothing.
    }

    [Fact]
    public async Task An_expired_certificate_is_named()
    {
        await using var server = await ServeAsync(VersionApiServer.Version("v1.34.1"), until: TimeProvider.System.GetUtcNow().AddHours(-1));

        AssertWrong(Assert.Single(await RunAsync(Cluster(server))), "Its certificate expired at ", "Renew");
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_named_with_the_names_that_it_has()
    {
        await using var server = await ServeAsync(VersionApiServer.Version("v1.34.1"), names: ["api.example.com", "10.0.0.1"]);

        AssertWrong(Assert.Single(await RunAsync(Cluster(server))),
            "Its certificate is for api.example.com, 10.0.0.1, and not for localhost.", "Set server to one of these names");
    }

    [Fact]
    public async Task A_certificate_that_ends_within_a_month_is_a_warning_beside_the_version()
    {
        await using var server = await ServeAsync(VersionApiServer.Version("v1.34.1"), until: TimeProvider.System.GetUtcNow().AddDays(29));

        var findings = await RunAsync(Cluster(server));

        Assert.Equal([(true, false), (true, true)], findings.Select(finding => (finding.Ok, finding.Fix is not null)));
        Assert.Contains("expires at ", findings[1].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_never_answers_is_given_up_after_the_timeout()
    {
        await using var server = await ServeAsync(answer: null);

        var finding = Assert.Single(await RunAsync(Cluster(server), timeout: TimeSpan.FromSeconds(1)));

        AssertWrong(finding, "can't be reached: no answer within 1 s.", "Check clusters.prod.server");
    }

    [Fact]
    public async Task One_that_refuses_the_connection_or_has_no_name_is_named()
    {
        var closed = new ClusterOptions { Server = $"https://localhost:{Ports.Free()}" };
        var unknown = new ClusterOptions { Server = "https://no-such-host.invalid:6443" };

        AssertWrong(Assert.Single(await RunAsync(closed)), "can't be reached: ", "Check clusters.prod.server");
        AssertWrong(Assert.Single(await RunAsync(unknown)), "can't be reached: ", "Check clusters.prod.server");
    }

    [Fact]
    public async Task Many_are_asked_at_once_and_reported_in_the_order_of_the_configuration()
    {
        await using var hanging = await ServeAsync(answer: null);
        await using var right = await ServeAsync(VersionApiServer.Version("v1.34.1"));
        var clusters = Enumerable.Range(0, 12).ToDictionary(i => $"c{i:D2}", i => Cluster(i % 2 == 0 ? hanging : right));
        clusters.Add("later", new ClusterOptions());

        var since = TimeProvider.System.GetTimestamp();
        var findings = await new ClusterDiagnostics(TimeSpan.FromSeconds(3), TimeProvider.System)
            .RunAsync(new(clusters, NoClients, new()), Ct);

        Assert.Equal(clusters.Keys.Select(name => $"clusters.{name}"), findings.Select(finding => finding.Subject));
        Assert.Equal([.. Enumerable.Range(0, 12).Select(i => i % 2 == 1), true], findings.Select(finding => finding.Ok));
        Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(15), "They were asked one after the other.");
        Assert.All(right.Credentials, credential => Assert.Null(credential));
        Assert.Equal(6, right.Credentials.Count);
    }

    [Fact]
    public async Task The_command_reports_each_as_the_other_checks_and_ends_with_1_when_one_is_wrong()
    {
        await using var server = await ServeAsync(VersionApiServer.Version("v1.33.1"));
        var file = folder.Write("kubeidp.yaml", $$"""
            dataDirectory: {{folder.File("data")}}
            listen: ["https://localhost:{{Ports.Free()}}"]
            clusters:
              prod: { server: "{{server.Url}}", caFile: {{folder.File("ca.pem")}}, kubernetes: "1.34", access: { groups: [local:ops] } }
              test: { server: "{{server.Url}}", caFile: {{folder.File("ca.pem")}}, kubernetes: "1.33" }
              later: {}
            """);

        var text = await InProcess.RunAsync(["check", "--config", file, "--clusters"]);
        var json = await InProcess.RunAsync(["check", "--config", file, "--clusters", "--output", "json"]);
        var without = await InProcess.RunAsync(["check", "--config", file]);

        Assert.Equal((ExitCode.NotDone, ExitCode.NotDone, 0), (text.ExitCode, json.ExitCode, without.ExitCode));
        Assert.Contains($"wrong  clusters.prod: {server.Url} has Kubernetes 1.33, and ", text.Output, StringComparison.Ordinal);
        Assert.Contains("       → Set clusters.prod.kubernetes: \"1.33\".", text.Output, StringComparison.Ordinal);
        Assert.Contains($"ok     clusters.test: {server.Url} has Kubernetes 1.33 ", text.Output, StringComparison.Ordinal);
        Assert.Contains("ok     clusters.later: not asked, because it has no server", text.Output, StringComparison.Ordinal);
        var findings = JsonDocument.Parse(json.Output).RootElement.EnumerateArray()
            .Where(finding => finding.GetProperty("subject").GetString()!.StartsWith("clusters.", StringComparison.Ordinal)).ToList();
        Assert.Equal([false, true, true], findings.Select(finding => finding.GetProperty("ok").GetBoolean()));
        Assert.DoesNotContain("clusters.prod", without.Output, StringComparison.Ordinal);
        Assert.Contains("ok     access: everybody who can sign in may use: test, later\n", without.Output.ReplaceLineEndings("\n") + "\n",
            StringComparison.Ordinal);
    }

    [Fact]
    public void Who_may_use_what_is_said_in_one_line()
    {
        var services = new ClientOptions { Kind = ClientKind.Service };
        var open = new ClusterOptions();
        var restricted = new ClusterOptions { Access = new() { Groups = ["local:ops"] } };

        var some = AccessDiagnostics.Check(new(new Dictionary<string, ClusterOptions> { ["prod"] = restricted, ["test"] = open },
            new Dictionary<string, ClientOptions> { ["robot"] = services, ["grafana"] = new() { Kind = ClientKind.Web } }, new()));
        var none = AccessDiagnostics.Check(new(new Dictionary<string, ClusterOptions> { ["prod"] = restricted }, NoClients, new()));
        var many = AccessDiagnostics.Check(new(Enumerable.Range(0, 200).ToDictionary(i => $"c{i}", _ => open), NoClients, new()));

        Assert.Equal(Finding.Right("access", "everybody who can sign in may use: test, grafana"), some);
        Assert.Equal(Finding.Right("access", "every cluster and client has access.groups"), none);
        Assert.EndsWith("c19 and 180 more", many.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_API_server_is_found_to_be_one()
    {
        KubernetesTests.SkipWithout("etcd", "kube-apiserver");
        await using var cluster = await ControlPlane.StartAsync([], Ct);

        var finding = (await RunAsync(new ClusterOptions
        {
            Server = cluster.Address.GetLeftPart(UriPartial.Authority), CaFile = cluster.CertificateFile,
        }))[0];

        // It is started without anonymous requests.
        Assert.True(finding.Ok, finding.ToString());
        Assert.Contains("(401), which is fine", finding.What, StringComparison.Ordinal);
    }

    private static IReadOnlyDictionary<string, ClientOptions> NoClients => new Dictionary<string, ClientOptions>();

    private static Task<IReadOnlyList<Finding>> RunAsync(ClusterOptions cluster, TimeSpan? timeout = null) =>
        new ClusterDiagnostics(timeout ?? Timeout, TimeProvider.System)
            .RunAsync(new(new Dictionary<string, ClusterOptions> { ["prod"] = cluster }, NoClients, new()), Ct);

    private static void AssertWrong(Finding finding, string what, string fix)
    {
        Assert.False(finding.Ok, finding.ToString());
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
        Assert.Contains(fix, finding.Fix, StringComparison.Ordinal);
    }

    private async Task<VersionApiServer> ServeAsync((HttpStatusCode Status, string Body)? answer, DateTimeOffset? until = null,
        params IReadOnlyList<string> names)
    {
        folder.Write("ca.pem", authority.Pem);
        return await VersionApiServer.StartAsync(authority.Issue(names is [] ? ["localhost"] : names, until ?? InAYear, Yesterday),
            answer, Ct);
    }

    private ClusterOptions Cluster(VersionApiServer server) => new() { Server = server.Url, CaFile = folder.File("ca.pem") };
}
