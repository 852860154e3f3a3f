using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>A client whose people are asked before it learns anything about them.</summary>
public abstract class ConsentTests(RunningIssuer running) : ProtocolTests(running)
{
    private RelyingParty Wiki => Issuer.CreateClient("wiki", "https://wiki.example.test/callback", InMemoryIssuer.WebSecret);

    [Fact]
    public async Task A_first_sign_in_shows_what_the_client_will_get_and_waits_for_consent()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        using var wiki = Wiki;

        var page = await SignInAsync(browser, account, wiki.AuthorizeUrl(("scope", "openid email")));
        Assert.True(page.Has("The wiki") && page.Has("https://wiki.example.test") && page.Has(account.Username), page.ToString());
        Assert.True(page.Has("your email address") && !page.Has("the groups") && !page.Has("your user name"), page.ToString());
        Assert.Equal((0, 0), await SessionsAndGrantsAsync(account));
        page = await page.PressAsync("Continue", Ct);
        var tokens = await wiki.RedeemAsync(RelyingParty.CodeOf(page), Ct);

        Assert.Equal($"{account.Username}@example.com", tokens.Succeeded().Claims.GetProperty("email").GetString());
        Assert.Equal((1, 1), await SessionsAndGrantsAsync(account));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("address")]
    public async Task A_request_without_a_scope_that_is_known_is_asked_about_as_well(string? scope)
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        using var wiki = Wiki;

        var page = await SignInAsync(browser, account, wiki.AuthorizeUrl(("scope", scope)));

        Assert.NotNull((await page.PressAsync("Continue", Ct)).RedirectParameters["code"]);
    }

    [Fact]
    public async Task A_no_sends_the_browser_back_without_a_session_or_a_code()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        using var wiki = Wiki;

        var page = await SignInAsync(browser, account, wiki.AuthorizeUrl());
        var asked = page.Url;
        page = await page.PressAsync("Don’t share", Ct);
        var again = await browser.GoAsync(asked, Ct);

        Assert.True(wiki.IsOurs(page.Redirect!));
        Assert.Equal(("access_denied", "some-state"), (page.RedirectParameters["error"], page.RedirectParameters["state"]));
        Assert.False(page.RedirectParameters.ContainsKey("code"));
        Assert.Equal((0, 0), await SessionsAndGrantsAsync(account));
        Assert.True(again.Has("This sign-in can’t continue"), again.ToString());
    }

    [Fact]
    public async Task In_a_session_each_request_is_asked_anew_and_no_silent_one_passes()
    {
        var login = await LogInAsync(Web);
        using var browser = login.Browser;
        using var wiki = Wiki;

        browser.StopAt = null;
        var first = await browser.GoAsync(wiki.AuthorizeUrl(), Ct);
        var silentBefore = await browser.GoAsync(wiki.AuthorizeUrl(("prompt", "none")), Ct);
        var tokens = await wiki.RedeemAsync(RelyingParty.CodeOf(await first.PressAsync("Continue", Ct)), Ct);
        var silentAfter = await browser.GoAsync(wiki.AuthorizeUrl(("prompt", "none")), Ct);
        var second = await browser.GoAsync(wiki.AuthorizeUrl(), Ct);

        Assert.Equal(Subject(login.Tokens), Subject(tokens.Succeeded()));
        Assert.Equal(["consent_required", "consent_required"],
            [silentBefore.RedirectParameters["error"], silentAfter.RedirectParameters["error"]]);
        Assert.True(second.HasButton("Don’t share"));
    }

    [Fact]
    public async Task A_client_can_ask_for_the_question()
    {
        var login = await LogInAsync(Web);
        using var browser = login.Browser;

        browser.StopAt = null;
        var page = await browser.GoAsync(Web.AuthorizeUrl(("prompt", "consent"), ("scope", "openid profile groups offline_access")), Ct);
        var kubectl = await browser.GoAsync(Kubectl.AuthorizeUrl(("prompt", "consent")), Ct);

        Assert.True(page.Has("your user name") && page.Has("the groups") && page.Has("until your session ends") && !page.Has("email"),
            page.ToString());
        Assert.True(kubectl.HasButton("Don’t share") && kubectl.Has("email") && kubectl.Has("the groups"), kubectl.ToString());
        Assert.True((await kubectl.PressAsync("Continue", Ct)).RedirectParameters.ContainsKey("code"));
    }

    [Fact]
    public async Task The_page_alone_gives_nothing_away()
    {
        using var browser = Issuer.CreateBrowser();
        using var wiki = Wiki;
        var login = await browser.GoAsync(wiki.AuthorizeUrl(), Ct);

        var page = await browser.GoAsync(login.Url.ToString().Replace("/login?", "/consent?", StringComparison.Ordinal), Ct);

        Assert.True(page.HasField("Password"), page.ToString());
    }

    // Otherwise a password and an account of one's own would be enough to sign in as anybody.
    [Fact]
    public async Task A_second_factor_counts_only_for_the_person_who_proved_it()
    {
        var (own, other) = (await AddAccountAsync(), await AddAccountAsync());
        using var browser = Issuer.CreateBrowser();
        using var wiki = Wiki;
        var page = await SignInAsync(browser, own, wiki.AuthorizeUrl());
        Assert.True(page.HasButton("Don’t share"), page.ToString());

        page = await browser.GoAsync(page.Url.ToString().Replace("/consent?", "/login?", StringComparison.Ordinal), Ct);
        page = await page.Fill("Username", other.Username).Fill("Password", other.Password).PressAsync("Sign in", Ct);

        Assert.True(page.HasField("Enrolment code"), page.ToString());
        Assert.Equal((0, 0), await SessionsAndGrantsAsync(other));
    }

    /// <summary>A first sign-in as far as the question.</summary>
    private static async Task<Page> SignInAsync(BrowserClient browser, Account account, string request)
    {
        var page = await browser.GoAsync(request, Ct);
        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = page.ValueOf("Setup key");
        return await account.VerifyAsync(page, Ct);
    }

    private async Task<(int Sessions, int Grants)> SessionsAndGrantsAsync(Account account)
    {
        await using var db = Database.CreateContext();
        var person = await db.People.Where(p => p.UserName == account.Username).Select(p => p.Id).SingleAsync(Ct);
        var sessions = await db.Sessions.Where(s => s.PersonId == person).Select(s => s.Id).ToListAsync(Ct);
        return (sessions.Count, await db.Grants.CountAsync(g => sessions.Contains(g.SessionId), Ct));
    }
}

public sealed class SqliteConsentTests(SqliteConsentTests.Server running) : ConsentTests(running), IClassFixture<SqliteConsentTests.Server>
{
    public sealed class Server : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings) => WithWiki.In(settings);
    }
}

public sealed class PostgresConsentTests(PostgresConsentTests.Server running) : ConsentTests(running),
    IClassFixture<PostgresConsentTests.Server>
{
    public sealed class Server : IssuerOnPostgres
    {
        protected override Settings Change(Settings settings) => WithWiki.In(settings);
    }
}

internal static class WithWiki
{
    public static Settings In(Settings settings) => settings with
    {
        Clients = new Dictionary<string, ClientOptions>(settings.Clients)
        {
            ["wiki"] = settings.Clients["web"] with { Name = "The wiki", Consent = true,
                RedirectUris = ["https://wiki.example.test/callback"] },
        },
    };
}
