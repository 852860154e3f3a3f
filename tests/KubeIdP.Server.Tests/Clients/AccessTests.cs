using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Reports;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using KubeIdP.Testing.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Clients;

/// <summary>Who may get tokens of a client: when a code is asked for, when it is redeemed, and at each refresh.</summary>
public abstract class AccessTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    private const string Missing = "You may not use prod: it is only for members of corp:k8s-prod or local:ops.";

    private RelyingParty Prod { get; } = running.Issuer.CreateClient("prod");

    [Fact]
    public async Task Members_of_one_of_the_groups_get_tokens_with_all_their_groups()
    {
        var tokens = await Prod.LogInAsync(Issuer.CreateBrowser(), await AddAccountAsync("ops", "platform"), Ct);

        Assert.Equal(["ops", "platform"], Strings(tokens.Claims.GetProperty("groups")));
    }

    [Fact]
    public async Task Others_are_told_which_group_is_missing_and_get_no_code()
    {
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = Prod.IsOurs;

        var answer = await (await AddAccountAsync("platform", "k8s-prod")).SignInAsync(browser, new Uri(Prod.AuthorizeUrl()), Ct);

        Assert.Equal("access_denied", answer.RedirectParameters["error"]);
        Assert.StartsWith(Missing, answer.RedirectParameters["error_description"], StringComparison.Ordinal);
        Assert.False(answer.RedirectParameters.ContainsKey("code"));
    }

    // A group of the same name in another directory is another group.
    [Fact]
    public async Task A_group_counts_only_at_its_own_upstream()
    {
        var person = await LogInFromCorpAsync("ops");
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = Prod.IsOurs;

        var answer = await person.Account.SignInAsync(browser, new Uri(Prod.AuthorizeUrl()), Ct);

        Assert.Equal("access_denied", answer.RedirectParameters["error"]);
    }

    [Fact]
    public async Task A_code_whose_person_has_left_the_group_meanwhile_is_refused_and_can_be_redeemed_when_they_are_back()
    {
        var account = await AddAccountAsync("ops");
        var code = await Prod.SignInAsync(Issuer.CreateBrowser(), account, Ct);
        await SetGroupsAsync(account.Username, "platform");

        var refused = await Prod.RedeemAsync(code, Ct);
        await SetGroupsAsync(account.Username, "ops");
        var redeemed = await Prod.RedeemAsync(code, Ct);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.StartsWith(Missing, refused.ErrorDescription, StringComparison.Ordinal);
        Assert.True(redeemed.IsSuccess, redeemed.Text);
    }

    [Fact]
    public async Task Somebody_who_leaves_the_group_gets_nothing_more_for_this_cluster_and_keeps_the_others()
    {
        var account = await AddAccountAsync("ops");
        using var browser = Issuer.CreateBrowser();
        var prod = await Prod.LogInAsync(browser, account, Ct);
        var other = await Kubectl.LogInAsync(browser, account, Ct);
        await SetGroupsAsync(account.Username, "platform");

        var refused = await Prod.RefreshAsync(prod.RefreshToken!, Ct);
        var kept = await Kubectl.RefreshAsync(other.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.StartsWith(Missing, refused.ErrorDescription, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign in", refused.ErrorDescription, StringComparison.Ordinal);
        Assert.Contains("(reference ", refused.ErrorDescription, StringComparison.Ordinal);
        Assert.True(kept.IsSuccess, kept.Text);
        Assert.Contains((await AuditOfAsync(AuditEventType.RefreshRefused, prod)).Select(entry => entry.Detail),
            detail => detail!.Contains(Missing, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refusal_at_sign_in_is_in_the_audit_log_and_in_the_metric()
    {
        using var measured = new Measured(Issuer);
        var before = measured.Now("kubeidp.access.refused", ("client", "prod"));
        var account = await AddAccountAsync("platform");
        using var browser = Issuer.CreateBrowser();
        var tokens = await Kubectl.LogInAsync(browser, account, Ct);
        browser.StopAt = Prod.IsOurs;

        var answer = await browser.GoAsync(Prod.AuthorizeUrl(), Ct);

        Assert.Equal("access_denied", answer.RedirectParameters["error"]);
        Assert.Contains("sign out first: https://idp.example.test/logout", answer.RedirectParameters["error_description"],
            StringComparison.Ordinal);
        Assert.StartsWith(Missing, Assert.Single(await AuditOfAsync(AuditEventType.AuthorizationRefused, tokens)).Detail,
            StringComparison.Ordinal);
        Assert.Equal(before + 1, measured.Now("kubeidp.access.refused", ("client", "prod")));
    }

    // RF2: whoever holds it has copied it, whether or not its person may use the cluster now.
    [Fact]
    public async Task A_token_that_was_replaced_long_ago_ends_the_grant_also_without_access()
    {
        var account = await AddAccountAsync("ops");
        var first = await Prod.LogInAsync(Issuer.CreateBrowser(), account, Ct);
        var second = (await Prod.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();
        var third = (await Prod.RefreshAsync(second.RefreshToken!, Ct)).Succeeded();
        await SetGroupsAsync(account.Username, "platform");

        var replay = await Prod.RefreshAsync(first.RefreshToken!, Ct);
        await SetGroupsAsync(account.Username, "ops");
        var newest = await Prod.RefreshAsync(third.RefreshToken!, Ct);

        Assert.Contains("replaced long ago", replay.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", newest.Error);
        Assert.Single(await AuditOfAsync(AuditEventType.RefreshReplayed, third));
    }

    [Fact]
    public async Task A_code_that_was_used_ends_the_grant_also_without_access()
    {
        var account = await AddAccountAsync("ops");
        var code = await Prod.SignInAsync(Issuer.CreateBrowser(), account, Ct);
        var tokens = (await Prod.RedeemAsync(code, Ct)).Succeeded();
        await SetGroupsAsync(account.Username, "platform");

        var replay = await Prod.RedeemAsync(code, Ct);
        await SetGroupsAsync(account.Username, "ops");

        Assert.Contains("used before", replay.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", (await Prod.RefreshAsync(tokens.RefreshToken!, Ct)).Error);
    }

    // A mistyped group must end nothing, and its correction must help everybody: also those whose kubectl asked meanwhile.
    [Fact]
    public async Task Somebody_who_is_back_in_the_group_refreshes_with_the_token_that_was_refused()
    {
        var account = await AddAccountAsync("ops");
        var tokens = await Prod.LogInAsync(Issuer.CreateBrowser(), account, Ct);
        await SetGroupsAsync(account.Username, "platform");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("invalid_grant", (await Prod.RefreshAsync(tokens.RefreshToken!, Ct)).Error);
            Later(600);
        }

        await SetGroupsAsync(account.Username, "ops");
        var next = (await Prod.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();

        Assert.Equal((tokens.GrantId, tokens.Generation + 1), (next.GrantId, next.Generation));
    }

    [Fact]
    public async Task A_directorys_group_that_somebody_leaves_is_noticed_within_the_minute()
    {
        var person = await LogInFromCorpAsync("k8s-prod");
        using var browser = Issuer.CreateBrowser();
        var tokens = await Prod.LogInAsync(browser, person.Account, Ct);
        Corp.Change(person.UpstreamId, known => known with { Groups = ["platform"] });

        Later(61);
        var refused = await Prod.RefreshAsync(tokens.RefreshToken!, Ct);
        Corp.Change(person.UpstreamId, known => known with { Groups = ["k8s-prod"] });
        Later(61);
        var again = await Prod.RefreshAsync(tokens.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.True(again.IsSuccess, again.Text);
    }

    // RBAC of the cluster knows these people and no others.
    [Fact]
    public async Task The_report_of_a_cluster_has_only_people_who_may_use_it()
    {
        var (member, other) = (await AddAccountAsync("ops"), await AddAccountAsync("platform"));
        var prod = Issuer.Services.GetRequiredService<ClientCatalog>().Find("prod");
        var names = new List<string>();

        await using var scope = Issuer.Services.CreateAsyncScope();
        await foreach (var person in scope.ServiceProvider.GetRequiredService<PeopleReport>().ReadAsync(new PeopleReportFilter(), prod, Ct))
            names.Add(person.Username);

        Assert.Contains(member.Username, names);
        Assert.DoesNotContain(other.Username, names);
    }

    // The directory's silence says nothing about the group.
    [Fact]
    public async Task While_the_directory_does_not_answer_the_last_known_groups_decide()
    {
        var person = await LogInFromCorpAsync("k8s-prod");
        using var browser = Issuer.CreateBrowser();
        var tokens = await Prod.LogInAsync(browser, person.Account, Ct);
        Corp.Always = new UpstreamAnswer.Unreachable("away");
        try
        {
            Later(61);
            var answer = await Prod.RefreshAsync(tokens.RefreshToken!, Ct);

            Assert.True(answer.IsSuccess, answer.Text);

            // Somebody who was not a member before the outage is none now.
            await ExecuteAsync("UPDATE people SET groups = @groups WHERE id = @id", ("groups", """["platform"]"""),
                ("id", Subject(tokens)));
            Assert.Equal("invalid_grant", (await Prod.RefreshAsync(answer.RefreshToken!, Ct)).Error);
        }
        finally
        {
            Corp.Always = null;
        }
    }

    [Fact]
    public async Task Other_clients_are_limited_in_the_same_way()
    {
        using var wiki = Issuer.CreateClient("wiki", "https://wiki.example.test/callback", Testing.Issuers.InMemoryIssuer.WebSecret);
        var account = await AddAccountAsync("ops");
        var tokens = await wiki.LogInAsync(Issuer.CreateBrowser(), account, Ct, ("scope", "openid offline_access"));
        await SetGroupsAsync(account.Username, "platform");

        var refused = await wiki.RefreshAsync(tokens.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.StartsWith("You may not use wiki", refused.ErrorDescription, StringComparison.Ordinal);
    }

    // RFC 6749 §5.2: no quotes, no backslash, ASCII alone.
    [Fact]
    public async Task A_groups_name_in_the_description_has_only_characters_that_the_protocol_allows()
    {
        using var odd = Issuer.CreateClient("odd");
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = odd.IsOurs;

        var answer = await (await AddAccountAsync("platform")).SignInAsync(browser, new Uri(odd.AuthorizeUrl()), Ct);

        Assert.StartsWith("You may not use odd: it is only for members of local:B?cher 'x'.",
            answer.RedirectParameters["error_description"], StringComparison.Ordinal);
    }

    private Task<int> SetGroupsAsync(string username, string group) =>
        ExecuteAsync("UPDATE people SET groups = @groups WHERE user_name = @name", ("groups", $"[\"{group}\"]"), ("name", username));

    internal static Settings Limited(Settings settings) => settings with
    {
        Clusters = new Dictionary<string, ClusterOptions>(settings.Clusters)
        {
            ["prod"] = settings.Clusters["kubernetes"] with { Access = new() { Groups = ["corp:k8s-prod", "local:ops"] },
                Groups = new() { Rename = new Dictionary<string, string> { ["k8s-prod"] = "renamed" } } },
            ["odd"] = settings.Clusters["kubernetes"] with { Access = new() { Groups = ["local:Bücher \"x\""] } },
        },
        Clients = new Dictionary<string, ClientOptions>(settings.Clients)
        {
            ["wiki"] = settings.Clients["web"] with { Access = new() { Groups = ["local:ops"] },
                RedirectUris = ["https://wiki.example.test/callback"] },
        },
    };
}

public sealed class LimitedOnSqlite : CorpOnSqlite
{
    protected override Settings Change(Settings settings) => AccessTests.Limited(base.Change(settings));
}

public sealed class LimitedOnPostgres : CorpOnPostgres
{
    protected override Settings Change(Settings settings) => AccessTests.Limited(base.Change(settings));
}

public sealed class AccessOnSqlite(LimitedOnSqlite running) : AccessTests(running, running.Corp), IClassFixture<LimitedOnSqlite>;

public sealed class AccessOnPostgres(LimitedOnPostgres running) : AccessTests(running, running.Corp), IClassFixture<LimitedOnPostgres>;
