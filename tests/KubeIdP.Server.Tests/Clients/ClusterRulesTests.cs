using KubeIdP.Core.Clusters;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tokens;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Clients;

/// <summary>What a cluster may be configured as.</summary>
public sealed class ClusterRulesTests : IDisposable
{
    public static TheoryData<ClusterPlatform> Platforms => [.. Enum.GetValues<ClusterPlatform>()];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_cluster_with_everything_is_fine()
    {
        using var authority = new TestAuthority();
        Assert.Empty(FaultsOf(new()
        {
            Title = "Production (EU)", Description = "What customers use.", Labels = new Dictionary<string, string> { ["region"] = "eu" },
            Server = "https://api.prod.example.com:6443", CaFile = folder.Write("ca.pem", authority.Pem),
            Platform = ClusterPlatform.Kubeadm, Kubernetes = "1.34", Namespace = "team-a", Access = new() { Groups = ["local:ops"] },
        }));
        Assert.Empty(FaultsOf(new()));
    }

    [Theory]
    [InlineData("http://api.example.com")]
    [InlineData("api.example.com")]
    [InlineData("https://a@api.example.com")]
    [InlineData("https://api.example.com/?a=b")]
    [InlineData("https://api.example.com/#a")]
    [InlineData("https://")]
    [InlineData("https://api.example.com:0")]
    [InlineData("https://api.example.com:")]
    [InlineData("https://api.example.com:65536")]
    [InlineData("https://[::1")]
    [InlineData("https://api.example.com/a b")]
    [InlineData("https://api.example.com/$(id)`id`")]
    [InlineData("https://api.example.com/'")]
    [InlineData("https://api.example.com/\"")]
    [InlineData("https://api.example.com/a;b")]
    [InlineData("https://api.example.com/a&b")]
    [InlineData("https://api.example.com/%24(id)")]
    [InlineData("https://api.example.com\\a")]
    [InlineData("https://api.example.com//a")]
    [InlineData("https://api.example.com/a\n")]
    [InlineData("https://$(id).example.com")]
    [InlineData("https://bücher.example.com")]
    public void An_address_that_kubectl_can_not_use_or_a_shell_would_run_is_refused(string server) =>
        Assert.Equal(["clusters.prod.server"], FaultsOf(new() { Server = server }));

    [Theory]
    [InlineData("https://api.example.com")]
    [InlineData("https://api.example.com/")]
    [InlineData("https://API-1.example.com:6443")]
    [InlineData("https://10.0.0.1:6443")]
    [InlineData("https://[fd00::1]:6443")]
    [InlineData("https://rancher.example.com/k8s/clusters/c-1")]
    [InlineData("https://rancher.example.com/k8s/clusters/c-m-1a2b3c4d/")]
    [InlineData("https://kcp.example.com:443/clusters/root:org_1:team~2")]
    public void The_address_of_an_API_server_may_have_a_port_and_a_path(string server) =>
        Assert.Empty(FaultsOf(new() { Server = server }));

    [Theory]
    [InlineData("1")]
    [InlineData("1.34.2")]
    [InlineData("v1.34")]
    [InlineData("2.0")]
    public void A_version_is_a_minor_version(string version) =>
        Assert.Equal(["clusters.prod.kubernetes"], FaultsOf(new() { Kubernetes = version }));

    [Fact]
    public void Each_text_that_can_not_be_shown_or_used_is_named()
    {
        Assert.Equal(["clusters.prod.title"], FaultsOf(new() { Title = new string('x', 201) }));
        Assert.Equal(["clusters.prod.namespace"], FaultsOf(new() { Namespace = "Team A" }));
        Assert.Equal(["clusters.prod.caFile", "clusters.prod.caFile"], FaultsOf(new() { CaFile = folder.Write("no.pem", "nothing") }));
        Assert.Equal(["clusters.prod.access.groups[0]", "clusters.prod.access.groups[1]"],
            FaultsOf(new() { Access = new() { Groups = ["ops", "corp:ops", "local:ops"] } }));
        Assert.Equal(["clusters.prod.redirectUris[0]"], FaultsOf(new() { RedirectUris = ["https://prod.example.com"] }));
    }

    // Absent means everybody. Written and empty may mean anything.
    [Fact]
    public void Access_without_groups_is_refused() =>
        Assert.Equal(["clusters.prod.access"], FaultsOf(new() { Access = new() }));

    [Fact]
    public void A_group_that_lacks_the_prefix_of_its_upstream_is_refused_with_the_right_name()
    {
        var fault = Assert.Single(UpstreamGroupRules.CheckPrefixes(
            [("clusters.prod.access.groups", ["corp:corp:ops", "corp:ops", "local:ops", "other:ops"])],
            new Dictionary<ConnectorId, string?> { [new("corp")] = "corp:", [new("other")] = "" }));

        Assert.Equal(("clusters.prod.access.groups[1]", "Write corp:corp:ops."), (fault.Place, fault.Fix));
    }

    [Fact]
    public void A_group_of_an_upstream_whose_groups_are_not_read_is_refused() =>
        Assert.Single(UpstreamGroupRules.CheckPrefixes([("admin.groups", ["corp:ops"])],
            new Dictionary<ConnectorId, string?> { [new("corp")] = null }));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("-a")]
    [InlineData("bücher")]
    public void A_name_must_fit_into_a_path_and_a_file_name(string name) =>
        Assert.Equal([$"clusters.{name}"], FaultsOf(new(), name));

    [Theory]
    [MemberData(nameof(Platforms))]
    public void What_a_platform_can_not_do_is_refused_by_the_name_that_people_know(ClusterPlatform platform)
    {
        var algorithm = FindFaults(new() { Platform = platform, SigningAlgorithm = SigningAlgorithm.ES256 });
        var review = FindFaults(new() { Platform = platform, TokenReview = new() { SecretHash = ClientSecret.HashOf("x") } });

        Assert.Equal(
            platform switch
            {
                ClusterPlatform.Eks => ["clusters.prod.signingAlgorithm: Amazon EKS accepts only RS256."],
                ClusterPlatform.Openshift => ["clusters.prod.signingAlgorithm: OpenShift accepts only RS256."],
                _ => [],
            },
            algorithm.Select(fault => $"{fault.Place}: {fault.What}"));
        Assert.Equal(
            platform switch
            {
                ClusterPlatform.Eks => ["clusters.prod.tokenReview: Amazon EKS has no setting for a webhook that reviews tokens."],
                ClusterPlatform.Aks => ["clusters.prod.tokenReview: Azure AKS has no setting for a webhook that reviews tokens."],
                _ => Array.Empty<string>(),
            },
            review.Select(fault => $"{fault.Place}: {fault.What}"));
    }

    [Fact]
    public void A_cluster_and_another_client_must_not_share_an_id()
    {
        var fault = Assert.Single(RelyingPartyRules.CheckIds(["prod", "staging"], ["Prod", "app"]));

        Assert.Equal("clients.Prod", fault.Place);
    }

    [Fact]
    public void A_lifetime_of_its_own_has_the_bounds_of_all()
    {
        var clusters = new Dictionary<string, ClusterOptions> { ["prod"] = new() { IdTokenLifetime = TimeSpan.FromMinutes(16) } };
        var clients = new Dictionary<string, ClientOptions> { ["app"] = new() { IdTokenLifetime = TimeSpan.FromSeconds(9) } };

        Assert.Equal(["clusters.prod.idTokenLifetime", "clients.app.idTokenLifetime"],
            TokenRules.Check(new TokenOptions(), clusters, clients).Select(fault => fault.Place));
    }

    private static IEnumerable<string> FaultsOf(ClusterOptions cluster, string name = "prod") =>
        FindFaults(cluster, name).Select(fault => fault.Place);

    private static IEnumerable<SettingsFault> FindFaults(ClusterOptions cluster, string name = "prod") =>
        ClusterRules.Check(new Dictionary<string, ClusterOptions> { [name] = cluster }, [ConnectorId.Local]);
}
