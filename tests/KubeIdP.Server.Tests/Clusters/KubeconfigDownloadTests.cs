using System.Net;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Server.Tests.Clusters;

/// <summary>The downloads of kubeconfigs: who gets which, and what everybody else is told.</summary>
public abstract class KubeconfigDownloadTests(RunningIssuer running) : ProtocolTests(running)
{
    [Fact]
    public async Task A_member_downloads_the_file_of_a_cluster()
    {
        using var browser = await SignedInAsync("ops");

        var page = await browser.GoAsync("/clusters/prod/kubeconfig", Ct);

        Assert.Equal(HttpStatusCode.OK, page.Status);
        var content = page.Response.Content.Headers;
        Assert.Equal(("application/yaml", "attachment", "prod.kubeconfig"),
            (content.ContentType?.MediaType, content.ContentDisposition?.DispositionType, content.ContentDisposition?.FileName));
        Assert.Equal("no-store", $"{page.Response.Headers.CacheControl}");
        Assert.Equal("https://api.prod.example.test:6443", Parse(page.Content)["clusters"][0]["cluster"]["server"]);
        Assert.Contains("--oidc-issuer-url=https://idp.example.test\"", page.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clusters_of_a_merged_file_are_in_the_order_of_the_address_each_once()
    {
        using var browser = await SignedInAsync("ops");

        var page = await browser.GoAsync("/kubeconfig?cluster=open&cluster=prod&cluster=open", Ct);

        var file = Parse(page.Content);
        Assert.Equal(["kubeidp-open", "kubeidp-prod"], ((YamlSequenceNode)file["contexts"]).Select(context => $"{context["name"]}"));
        Assert.Equal("kubeidp-open", file["current-context"]);
        Assert.Equal("clusters.kubeconfig", page.Response.Content.Headers.ContentDisposition?.FileName);
    }

    // So that it can be kept in a team's wiki.
    [Fact]
    public async Task It_is_the_same_for_everybody_on_every_replica_and_has_nothing_of_a_person()
    {
        using var one = await SignedInAsync("ops");
        using var two = await SignedInAsync("ops", "platform");
        var replica = await Running.StartAnotherAsync(Ct);
        using var http = new HttpClient(replica.CreateHandler()) { BaseAddress = Issuer.Issuer };
        const string path = "/kubeconfig?cluster=prod&cluster=open";

        var first = (await one.GoAsync(path, Ct)).Content;
        using var there = new BrowserClient(replica.CreateHandler(), Issuer.Issuer, Clock);
        var account = await AddAccountAsync("ops");
        await account.SignInAsync(there, new Uri(Issuer.Issuer, path), Ct);

        Assert.Equal(first, (await two.GoAsync(path, Ct)).Content);
        Assert.Equal(first, (await there.GoAsync(path, Ct)).Content);
        Assert.DoesNotContain("token:", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/clusters/prod/kubeconfig")]
    [InlineData("/kubeconfig?cluster=open&cluster=prod")]
    public async Task Somebody_else_is_told_which_group_is_missing(string path)
    {
        using var browser = await SignedInAsync("platform");

        var page = await browser.GoAsync(path, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.True(page.Has("You may not use Production") && page.Has("corp:k8s-prod, local:ops"), $"{page}");
        Assert.DoesNotContain("api.prod.example.test", page.Content, StringComparison.Ordinal);
    }

    // At the next request, and not when the session ends.
    [Fact]
    public async Task Somebody_who_has_left_the_group_gets_it_no_more()
    {
        var account = await AddAccountAsync("ops");
        using var browser = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(browser, account, Ct);
        Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync("/clusters/prod/kubeconfig", Ct)).Status);

        await ExecuteAsync("UPDATE people SET groups = @groups WHERE user_name = @name", ("groups", "[]"), ("name", account.Username));

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GoAsync("/clusters/prod/kubeconfig", Ct)).Status);
    }

    [Theory]
    [InlineData("/clusters/prod/kubeconfig")]
    [InlineData("/kubeconfig?cluster=prod&cluster=open")]
    public async Task Who_is_not_signed_in_signs_in_and_then_gets_the_file(string path)
    {
        var account = await AddAccountAsync("ops");
        using var browser = Issuer.CreateBrowser();

        var page = await account.SignInAsync(browser, new Uri(Issuer.Issuer, path), Ct);

        Assert.Equal(("application/yaml", new Uri(Issuer.Issuer, path)), (page.Response.Content.Headers.ContentType?.MediaType, page.Url));
        Assert.Contains("kubeidp-prod", page.Content, StringComparison.Ordinal);
    }

    // As somebody has sent it to the team.
    [Fact]
    public async Task A_link_for_fifty_clusters_with_long_names_survives_the_sign_in()
    {
        var path = $"/kubeconfig?{string.Join('&', Many.Select(name => $"cluster={name}"))}";
        var account = await AddAccountAsync("ops");
        using var browser = Issuer.CreateBrowser();

        var page = await account.SignInAsync(browser, new Uri(Issuer.Issuer, path), Ct);

        Assert.Equal(("application/yaml", new Uri(Issuer.Issuer, path)), (page.Response.Content.Headers.ContentType?.MediaType, page.Url));
        Assert.Equal(Many.Select(name => $"kubeidp-{name}"),
            ((YamlSequenceNode)Parse(page.Content)["contexts"]).Select(context => $"{context["name"]}"));
    }

    [Fact]
    public async Task A_link_that_is_too_long_for_the_sign_in_is_offered_again()
    {
        var path = $"/kubeconfig?{string.Join('&', Many.Concat(Many).Select(name => $"cluster={name}"))}";
        var account = await AddAccountAsync("ops");
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(path, Ct);
        await Kubectl.LogInAsync(browser, account, Ct);

        Assert.True(page.Has("Sign in on the start page in another tab."), $"{page}");
        var link = page.Document.QuerySelectorAll("a").Single(one => one.TextContent.Trim() == "Download kubeconfig").GetAttribute("href");
        Assert.Equal(path, link);
        Assert.Equal("application/yaml", (await browser.GoAsync(link!, Ct)).Response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/clusters/none/kubeconfig", "No cluster with this name is set up on this server.")]
    [InlineData("/kubeconfig?cluster=open&cluster=none", "No cluster with this name is set up on this server.")]
    [InlineData("/clusters/web/kubeconfig", "No cluster with this name is set up on this server.")]
    [InlineData("/kubeconfig", "Choose at least one cluster, and at most 100.")]
    [InlineData("/clusters/kubernetes/kubeconfig", "clusters.kubernetes.server")]
    [InlineData("/clusters/broken/kubeconfig", "clusters.broken.caFile")]
    public async Task What_can_not_be_made_is_explained(string path, string reason)
    {
        using var browser = await SignedInAsync("ops");

        var page = await browser.GoAsync(path, Ct);

        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.True(page.Has(reason), $"{page}");
    }

    [Fact]
    public async Task More_clusters_than_one_file_may_have_are_refused()
    {
        using var browser = await SignedInAsync("ops");

        var page = await browser.GoAsync($"/kubeconfig?{string.Join('&', Enumerable.Range(0, 101).Select(i => $"cluster=c{i}"))}", Ct);

        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.True(page.Has("at most 100."), $"{page}");
    }

    [Fact]
    public async Task HEAD_answers_like_GET()
    {
        using var browser = await SignedInAsync("ops");

        var page = await browser.LoadAsync(
            new HttpRequestMessage(HttpMethod.Head, new Uri(Issuer.Issuer, "/clusters/prod/kubeconfig")), Ct);

        Assert.Equal(("application/yaml", "prod.kubeconfig"),
            (page.Response.Content.Headers.ContentType?.MediaType, page.Response.Content.Headers.ContentDisposition?.FileName));
    }

    [Fact]
    public async Task It_costs_one_statement_for_the_session_and_one_for_the_groups()
    {
        using var browser = await SignedInAsync("ops");
        foreach (var (path, expected) in ((string, int)[])[("/clusters/prod/kubeconfig", 2), ("/clusters/open/kubeconfig", 1)])
        {
            const int times = 5;
            var statements = await Database.FewestStatementsOfAsync(expected * times, async () =>
            {
                for (var i = 0; i < times; i++) await browser.GoAsync(path, Ct);
            }, Ct);

            Assert.Equal((path, expected * times), (path, statements.Values.Sum()));
        }
    }

    private async Task<BrowserClient> SignedInAsync(params string[] groups)
    {
        var browser = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(browser, await AddAccountAsync(groups), Ct);
        return browser;
    }

    private static YamlNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents[0].RootNode;
    }

    /// <summary>Names of 30 characters.</summary>
    private static IReadOnlyList<string> Many { get; } = [.. Enumerable.Range(0, 50).Select(i => $"cluster-{i:D3}.region.example.com")];

    internal static Settings WithClusters(Settings settings) => settings with
    {
        Clusters = new Dictionary<string, ClusterOptions>(settings.Clusters.Concat(Many.Select(name => KeyValuePair.Create(name,
            settings.Clusters["kubernetes"] with { Server = $"https://{name}" }))))
        {
            ["prod"] = settings.Clusters["kubernetes"] with { Title = "Production", Server = "https://api.prod.example.test:6443",
                Access = new() { Groups = ["corp:k8s-prod", "local:ops"] } },
            ["open"] = settings.Clusters["kubernetes"] with { Server = "https://api.open.example.test:6443" },
            ["broken"] = settings.Clusters["kubernetes"] with { Server = "https://api.broken.example.test", CaFile = "/no-such-file" },
        },
    };
}

public sealed class ClustersOnSqlite : IssuerOnSqlite
{
    protected override Settings Change(Settings settings) => KubeconfigDownloadTests.WithClusters(settings);
}

public sealed class ClustersOnPostgres : IssuerOnPostgres
{
    protected override Settings Change(Settings settings) => KubeconfigDownloadTests.WithClusters(settings);
}

public sealed class KubeconfigDownloadOnSqlite(ClustersOnSqlite running) : KubeconfigDownloadTests(running),
    IClassFixture<ClustersOnSqlite>;

public sealed class KubeconfigDownloadOnPostgres(ClustersOnPostgres running) : KubeconfigDownloadTests(running),
    IClassFixture<ClustersOnPostgres>;
