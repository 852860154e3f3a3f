using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Clusters;

/// <summary>What people see of their clusters, and of what they are there.</summary>
public abstract class PortalTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    [Fact]
    public async Task A_person_sees_the_clusters_that_they_may_use_and_why_not_the_others()
    {
        using var browser = await SignedInAsync("ops");

        var page = await browser.GoAsync("/", Ct);

        Assert.Equal(["Production", "kubernetes", "kubernetes-es"], NamesIn(page).Order(StringComparer.Ordinal));
        Assert.True(page.Has("Clusters that you may not use (1)"));
        Assert.True(page.Has("Only for members of one of these groups: corp:secret-lab."));
    }

    [Fact]
    public async Task The_search_finds_words_in_names_descriptions_and_labels()
    {
        using var browser = await SignedInAsync("ops");

        Assert.Equal(["Production"], NamesIn(await browser.GoAsync("/?q=customers", Ct)));
        Assert.Equal(["Production"], NamesIn(await browser.GoAsync("/?q=REGION%3Deu+prod", Ct)));
        Assert.Empty(NamesIn(await browser.GoAsync("/?q=region%3Dus", Ct)));
        Assert.Equal(["Production"], NamesIn(await browser.GoAsync("/?label=region%3Deu", Ct)));
        Assert.Empty(NamesIn(await browser.GoAsync("/?label=region%3De", Ct)));
    }

    // Otherwise the rest could be found piece by piece.
    [Fact]
    public async Task The_search_tells_nothing_but_the_name_of_a_cluster_that_the_person_may_not_use()
    {
        using var browser = await SignedInAsync("ops");

        Assert.True((await browser.GoAsync("/?q=lab", Ct)).Has("Clusters that you may not use (1)"));
        Assert.False((await browser.GoAsync("/?q=10.9.8", Ct)).Has("Clusters that you may not use"));
    }

    [Fact]
    public async Task A_clusters_page_says_what_the_person_is_there()
    {
        using var browser = await SignedInAsync("ops", "platform");

        var page = await browser.GoAsync("/clusters/prod", Ct);

        Assert.Equal(["acme:ops"], page.Document.QuerySelectorAll("#me ~ details code").Select(group => group.TextContent));
        Assert.True(page.Has("120 seconds"));
        Assert.True(page.Has("this cluster refuses new requests within 130 seconds"));
        Assert.True(page.Has("you have its rights here for 190 seconds at most"));
        Assert.Equal("/clusters/prod/kubeconfig", page.Document.QuerySelector("a[download]")!.GetAttribute("href"));
        Assert.False(page.Has("For administrators"));
    }

    [Fact]
    public async Task A_cluster_without_an_address_has_the_commands_for_a_context_that_exists()
    {
        using var browser = await SignedInAsync("ops");

        var page = await browser.GoAsync("/clusters/kubernetes", Ct);

        Assert.Null(page.Document.QuerySelector("a[download]"));
        Assert.Contains("--exec-arg=--oidc-client-id=kubernetes", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_cluster_that_somebody_may_not_use_says_which_groups_may()
    {
        using var browser = await SignedInAsync("ops");

        var refused = await browser.GoAsync("/clusters/lab", Ct);
        var unknown = await browser.GoAsync("/clusters/nowhere", Ct);
        var other = await browser.GoAsync("/clusters/web", Ct);

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.True(refused.Has("You may not use lab") && refused.Has("Only for members of one of these groups: corp:secret-lab."));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (unknown.Status, other.Status));
    }

    [Fact]
    public async Task Only_administrators_and_auditors_see_what_an_API_server_needs()
    {
        using var browser = await SignedInAsync("ops");
        using var admin = await SignedInAsync("admins");
        var auditor = await LogInFromCorpAsync("kube-auditors");
        using var auditors = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(auditors, auditor.Account, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GoAsync("/clusters/prod/api-server", Ct)).Status);
        foreach (var allowed in (BrowserClient[])[admin, auditors])
        {
            Assert.True((await allowed.GoAsync("/clusters/lab", Ct)).Has("You get no tokens for this cluster"));
            Assert.Equal(HttpStatusCode.OK, (await allowed.GoAsync("/clusters/lab/api-server", Ct)).Status);
        }
    }

    // The same groups as in the next token.
    [Fact]
    public async Task A_group_that_a_directory_gave_or_took_is_seen_within_a_minute()
    {
        var person = await LogInFromCorpAsync("platform");
        using var browser = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(browser, person.Account, Ct);
        Corp.Change(person.UpstreamId, known => known with { Groups = ["secret-lab"] });

        Later(61);
        var page = await browser.GoAsync("/clusters/lab", Ct);

        Assert.Equal(HttpStatusCode.OK, page.Status);
    }

    [Fact]
    public async Task While_the_directory_does_not_answer_the_page_shows_what_was_last_known()
    {
        var person = await LogInFromCorpAsync("secret-lab");
        using var browser = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(browser, person.Account, Ct);
        Corp.Always = new UpstreamAnswer.Unreachable("away");
        try
        {
            Later(3_600);
            Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync("/clusters/lab", Ct)).Status);
        }
        finally
        {
            Corp.Always = null;
        }
    }

    [Fact]
    public async Task Scripts_run_on_the_pages_with_commands_alone_and_only_from_this_server()
    {
        using var browser = await SignedInAsync("ops");

        var cluster = await browser.GoAsync("/clusters/prod", Ct);
        var list = await browser.GoAsync("/", Ct);

        Assert.Contains("script-src 'self';", PolicyOf(cluster), StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", PolicyOf(list), StringComparison.Ordinal);
        var script = await browser.GoAsync(Assert.Single(cluster.Document.QuerySelectorAll("script")).GetAttribute("src")!, Ct);
        Assert.Equal(HttpStatusCode.OK, script.Status);
    }

    private static string PolicyOf(Page page) => Assert.Single(page.Response.Headers.GetValues("Content-Security-Policy"));

    private static IEnumerable<string> NamesIn(Page page) =>
        page.Document.QuerySelectorAll(".clusters h2").Select(heading => heading.TextContent);

    private async Task<BrowserClient> SignedInAsync(params string[] groups)
    {
        var browser = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(browser, await AddAccountAsync(groups), Ct);
        return browser;
    }

    internal static Settings WithClusters(Settings settings) => settings with
    {
        Clusters = new Dictionary<string, ClusterOptions>(settings.Clusters)
        {
            ["prod"] = settings.Clusters["kubernetes"] with
            {
                Title = "Production", Description = "What customers use.", Labels = new Dictionary<string, string> { ["region"] = "eu" },
                Server = "https://api.prod.example.test:6443", IdTokenLifetime = TimeSpan.FromMinutes(2),
                Access = new() { Groups = ["local:ops", "corp:ops"] }, Groups = new() { Include = ["ops"], Prefix = "acme:" },
            },
            ["lab"] = settings.Clusters["kubernetes"] with
            {
                Server = "https://10.9.8.7:6443", Access = new() { Groups = ["corp:secret-lab"] },
            },
        },
    };
}

public sealed class PortalIssuerOnSqlite : CorpOnSqlite
{
    protected override Settings Change(Settings settings) => PortalTests.WithClusters(base.Change(settings));
}

public sealed class PortalIssuerOnPostgres : CorpOnPostgres
{
    protected override Settings Change(Settings settings) => PortalTests.WithClusters(base.Change(settings));
}

public sealed class PortalOnSqlite(PortalIssuerOnSqlite running) : PortalTests(running, running.Corp), IClassFixture<PortalIssuerOnSqlite>;

public sealed class PortalOnPostgres(PortalIssuerOnPostgres running) : PortalTests(running, running.Corp),
    IClassFixture<PortalIssuerOnPostgres>;
