using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>While redemption would say "later", nobody gets a code: the page says it, or the client that wants no page.</summary>
public abstract class CodePrecheckTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    private const int Grace = 15 * 60;

    [Theory]
    [InlineData("kubernetes")]
    [InlineData("web")]
    [InlineData("web with consent")]
    public async Task Beyond_the_grace_the_page_says_that_the_directory_does_not_answer_and_nothing_is_opened(string client)
    {
        var (person, browser) = await SignedInAsync();
        Corp.Set(person.UpstreamId, new UpstreamAnswer.Unreachable("down"));
        Later(Grace + 61);
        var grants = await GrantsAsync();

        var page = await browser.GoAsync(RequestOf(client), Ct);

        Assert.True(page.Status == HttpStatusCode.ServiceUnavailable && page.Has("directory of your account does not answer"),
            page.ToString());
        Assert.NotNull(page.Response.Headers.RetryAfter);
        Assert.Equal(grants, await GrantsAsync());
        Corp.Set(person.UpstreamId, Known(person));
        var later = await browser.GoAsync(page.Url, Ct);
        if (later.HasButton("Continue")) later = await later.PressAsync("Continue", Ct);
        Assert.True(later.Redirect is not null && later.RedirectParameters.ContainsKey("code"), later.ToString());
    }

    [Fact]
    public async Task It_is_said_before_and_after_Continue()
    {
        var (person, browser) = await SignedInAsync();
        var question = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        Corp.Set(person.UpstreamId, new UpstreamAnswer.Unreachable("down"));
        Later(Grace + 61);
        var grants = await GrantsAsync();

        var answer = await question.PressAsync("Continue", Ct);

        Assert.True(answer.Status == HttpStatusCode.ServiceUnavailable && answer.Redirect is null, answer.ToString());
        Assert.Equal(grants, await GrantsAsync());
    }

    [Fact]
    public async Task Within_the_grace_codes_are_handed_out()
    {
        var (person, browser) = await SignedInAsync();
        Corp.Set(person.UpstreamId, new UpstreamAnswer.Unreachable("down"));
        Later(Grace - 60);

        var code = await Kubectl.SignInAsync(browser, person.Account, Ct);

        Assert.True((await Kubectl.RedeemAsync(code, Ct)).IsSuccess);
    }

    [Fact]
    public async Task A_client_that_wants_no_page_gets_temporarily_unavailable()
    {
        var (person, browser) = await SignedInAsync();
        Corp.Set(person.UpstreamId, new UpstreamAnswer.Unreachable("down"));
        Later(Grace + 61);

        var answer = await browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct);

        Assert.Equal("temporarily_unavailable", answer.RedirectParameters["error"]);
        Assert.Equal("some-state", answer.RedirectParameters["state"]);
        Assert.False(answer.RedirectParameters.ContainsKey("code"));
    }

    [Fact]
    public async Task A_login_whose_directory_goes_away_between_password_and_factor_opens_no_session_and_continues_later()
    {
        var (person, first) = await SignedInAsync();
        first.Dispose();
        Later(120);
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = Kubectl.IsOurs;
        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        page = await page.Fill("Your account is in", "corp").Fill("Username", person.Account.Username).Fill("Password", Password)
            .PressAsync("Sign in", Ct);
        Corp.Set(person.UpstreamId, new UpstreamAnswer.Unreachable("down"));
        await ExecuteAsync("UPDATE people SET groups_read_at = groups_read_at - 3600000 WHERE id = @id", ("id", Subject(person.Tokens)));
        var sessions = await CountAsync("sessions");

        var stopped = await page.Fill("Authentication code", await person.Account.NextCodeAsync(Ct)).PressAsync("Verify", Ct);
        Assert.Equal(sessions, await CountAsync("sessions"));
        Corp.Set(person.UpstreamId, Known(person));
        var later = await browser.GoAsync(stopped.Url, Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, stopped.Status);
        Assert.True(later.Redirect is not null && later.RedirectParameters.ContainsKey("code"), later.ToString());
    }

    [Fact]
    public async Task A_person_whom_the_directory_refuses_by_now_is_asked_to_sign_in_and_reads_why()
    {
        var (person, browser) = await SignedInAsync();
        Corp.Set(person.UpstreamId, new UpstreamAnswer.Refused(Refusal.Disabled));
        Later(61);

        var silent = await browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct);
        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);

        Assert.Equal("login_required", silent.RedirectParameters["error"]);
        Assert.True(page.HasField("Password"), page.ToString());
    }

    // Redemption would refuse it again and again: a person who gets this error, in place of "you are in", knows whom to ask.
    [Theory]
    [InlineData("kubernetes")]
    [InlineData("web with groups")]
    [InlineData("web silently")]
    public async Task A_token_that_would_be_too_large_is_refused_to_the_client_before_a_code_is_handed_out(string client)
    {
        var (person, browser) = await SignedInAsync();
        Corp.Set(person.UpstreamId, Known(person, [.. Enumerable.Range(0, 500).Select(i => $"a-group-of-some-length-{i}")]));
        Later(61);
        var grants = await GrantsAsync();

        var answer = await GoAsync();

        Assert.Equal("access_denied", answer.RedirectParameters["error"]);
        Assert.Contains("too many groups", answer.RedirectParameters["error_description"], StringComparison.Ordinal);
        Assert.Equal("some-state", answer.RedirectParameters["state"]);
        Assert.Equal(grants, await GrantsAsync());
        Assert.NotEmpty(await AuditOfAsync(AuditEventType.TokenTooLarge, person.Tokens));
        Corp.Set(person.UpstreamId, Known(person, ["few"]));
        Later(61);
        Assert.True((await GoAsync()).RedirectParameters.ContainsKey("code"));

        async Task<Page> GoAsync()
        {
            var page = await browser.GoAsync(RequestOf(client), Ct);
            return page.HasButton("Continue") ? await page.PressAsync("Continue", Ct) : page;
        }
    }

    // A claim that a client does not get takes no space.
    [Fact]
    public async Task A_client_without_groups_is_not_refused_for_their_number()
    {
        var (person, browser) = await SignedInAsync();
        Corp.Set(person.UpstreamId, Known(person, [.. Enumerable.Range(0, 500).Select(i => $"a-group-of-some-length-{i}")]));
        Later(61);

        var code = (await browser.GoAsync(Web.AuthorizeUrl(("scope", "openid profile")), Ct)).RedirectParameters["code"];

        Assert.True((await Web.RedeemAsync(code, Ct)).IsSuccess);
    }

    [Fact]
    public async Task A_login_of_somebody_in_too_many_groups_opens_no_session()
    {
        var (person, first) = await SignedInAsync();
        first.Dispose();
        Corp.Set(person.UpstreamId, Known(person, [.. Enumerable.Range(0, 500).Select(i => $"a-group-of-some-length-{i}")]));
        Later(120);
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = Kubectl.IsOurs;
        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        page = await page.Fill("Your account is in", "corp").Fill("Username", person.Account.Username).Fill("Password", Password)
            .PressAsync("Sign in", Ct);
        var sessions = await CountAsync("sessions");

        var answer = await page.Fill("Authentication code", await person.Account.NextCodeAsync(Ct)).PressAsync("Verify", Ct);

        Assert.Equal("access_denied", answer.RedirectParameters["error"]);
        Assert.Equal(sessions, await CountAsync("sessions"));
    }

    // One from before such names were refused.
    [Fact]
    public async Task A_user_name_that_no_token_can_hold_is_refused_to_the_client_before_a_code_is_handed_out()
    {
        var (account, browser, tokens) = await LogInAsync();
        browser.StopAt = null;
        await ExecuteAsync("UPDATE people SET user_name = @name WHERE id = @id", ("name", $"system:{account.Username}"),
            ("id", Subject(tokens)));

        var answer = await browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct);

        Assert.Equal("access_denied", answer.RedirectParameters["error"]);
        Assert.Contains("user name", answer.RedirectParameters["error_description"], StringComparison.Ordinal);
    }

    private async Task<(DirectoryPerson Person, BrowserClient Browser)> SignedInAsync()
    {
        var username = $"person-{Guid.NewGuid():N}"[..20];
        var upstreamId = Corp.Add(username, Password, "platform");
        var account = await Issuer.InviteAsync(username, Password, Ct);
        var browser = Issuer.CreateBrowser();
        var person = new DirectoryPerson(upstreamId, account, await Kubectl.LogInAsync(browser, account, Ct));
        browser.StopAt = null;
        return (person, browser);
    }

    private string RequestOf(string client) => client switch
    {
        "kubernetes" => Kubectl.AuthorizeUrl(),
        "web" => Web.AuthorizeUrl(),
        "web with groups" => Web.AuthorizeUrl(("scope", "openid groups")),
        "web silently" => Web.AuthorizeUrl(("scope", "openid groups"), ("prompt", "none")),
        _ => Web.AuthorizeUrl(("prompt", "consent")),
    };

    private UpstreamAnswer.Known Known(DirectoryPerson person, string[]? groups = null) =>
        new(new UpstreamIdentity(Corp.Id, person.UpstreamId, person.Account.Username, null, null, false, groups ?? ["platform"]));

    private Task<long> GrantsAsync() => CountAsync("grants");

    private async Task<long> CountAsync(string table) => (await Database.CountRowsAsync(Ct))[table];
}

public sealed class CodePrecheckOnSqlite(CorpOnSqlite running) : CodePrecheckTests(running, running.Corp), IClassFixture<CorpOnSqlite>;

public sealed class CodePrecheckOnPostgres(CorpOnPostgres running) : CodePrecheckTests(running, running.Corp),
    IClassFixture<CorpOnPostgres>;
