using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>A page of a login that is over: bookmarked, restored with its tab, pushed out by later ones, or reached by Back.</summary>
public sealed class LoginOverTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Theory]
    [InlineData("login")]
    [InlineData("factor")]
    [InlineData("recovery")]
    [InlineData("enrol")]
    [InlineData("continue")]
    [InlineData("consent")]
    public async Task A_person_who_came_from_an_application_is_sent_back_to_it(string path)
    {
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync(Web.AuthorizeUrl(), Ct);
        Clock.Advance(TimeSpan.FromMinutes(61));

        var over = await browser.GoAsync(page.Url.AbsoluteUri.Replace("/login?", $"/{path}?", StringComparison.Ordinal), Ct);

        Assert.Equal("https://app.example.test", LinkOn(over, "Go to web"));
        Assert.False(over.Has("command"), over.Text);
    }

    [Fact]
    public async Task A_form_that_is_sent_too_late_leads_there_too()
    {
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync(Web.AuthorizeUrl(), Ct);
        Clock.Advance(TimeSpan.FromMinutes(61));

        var over = await page.Fill("Username", "alice").Fill("Password", "whatever it is").PressAsync("Sign in", Ct);

        Assert.Equal("https://app.example.test", LinkOn(over, "Go to web"));
    }

    [Fact]
    public async Task A_person_who_is_signed_in_by_now_is_known()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        var web = await browser.GoAsync(Web.AuthorizeUrl(), Ct);
        var program = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        var own = await browser.GoAsync("/account", Ct);
        Clock.Advance(TimeSpan.FromMinutes(61));
        await Kubectl.SignInAsync(browser, account, Ct);

        web = await browser.GoAsync(web.Url, Ct);
        program = await browser.GoAsync(program.Url, Ct);
        own = await browser.GoAsync(own.Url, Ct);

        Assert.All((Page[])[web, program, own], shown => Assert.True(shown.Has($"You are signed in as {account.Username}."), shown.Text));
        Assert.Equal("https://app.example.test", LinkOn(web, "Go to web"));
        Assert.True(program.Has("run it again"), program.Text);
        Assert.Equal("/account", (await own.FollowAsync("Your account", Ct)).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_login_that_was_finished_in_this_browser_says_so_and_leads_on()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync(Web.AuthorizeUrl(), Ct);
        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        var bookmark = page.Url;
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = page.ValueOf("Setup key");
        Assert.NotNull((await account.VerifyAsync(page, Ct)).Redirect);

        var over = await browser.GoAsync(bookmark, Ct);

        Assert.True(over.Has($"You are signed in as {account.Username}."), over.Text);
        Assert.Equal("https://app.example.test", LinkOn(over, "Go to web"));
    }

    [Theory]
    [InlineData("login=gone")]
    [InlineData("login=gone&client=web")]
    [InlineData("client=https://evil.example")]
    [InlineData("")]
    public async Task A_person_who_came_from_no_application_reads_what_to_do_and_may_sign_in(string query)
    {
        using var browser = Issuer.CreateBrowser();

        var over = await browser.GoAsync($"/login?{query}", Ct);

        Assert.True(over.Has("Start again where you came from"), over.Text);
        Assert.DoesNotContain("evil.example", over.Content, StringComparison.Ordinal);
        Assert.True((await over.FollowAsync("Sign in", Ct)).HasField("Password"));
    }

    [Fact]
    public async Task Going_back_to_a_proven_factor_continues_the_login()
    {
        var account = await AddAccountAsync();
        using var first = Issuer.CreateBrowser();
        await Kubectl.SignInAsync(first, account, Ct);
        Clock.Advance(TimeSpan.FromMinutes(2));
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(("prompt", "consent")), Ct);
        var factor = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        var consent = await factor.Fill("Authentication code", await account.NextCodeAsync(Ct)).PressAsync("Verify", Ct);

        var back = await browser.GoAsync(factor.Url, Ct);
        var recovery = await browser.GoAsync(factor.Url.AbsoluteUri.Replace("/factor?", "/recovery?", StringComparison.Ordinal), Ct);

        Assert.All((Page[])[consent, back, recovery], shown => Assert.Equal("/consent", shown.Url.AbsolutePath));
    }

    [Fact]
    public async Task A_sign_in_page_that_is_restored_knows_who_has_signed_in_meanwhile()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        var tabs = await browser.GoAtOnceAsync([Web.AuthorizeUrl(("state", "restored")), Kubectl.AuthorizeUrl(), "/account"], Ct);
        await Kubectl.SignInAsync(browser, account, Ct);
        browser.StopAt = url => url.Host != "idp.example.test";

        var web = await browser.GoAsync(tabs[0].Url, Ct);
        var program = await browser.GoAsync(tabs[1].Url, Ct);
        var own = await browser.GoAsync(tabs[2].Url, Ct);

        Assert.Equal("restored", web.RedirectParameters["state"]);
        Assert.NotEmpty(web.RedirectParameters["code"]);
        Assert.Equal(("/continue", "/account"), (program.Url.AbsolutePath, own.Url.AbsolutePath));
    }

    [Theory]
    [InlineData("prompt", "login", "Password", "Sign in")]
    [InlineData("max_age", "0", "Authentication code", "Verify")]
    public async Task A_client_that_wants_a_fresh_proof_gets_one_in_every_session(string name, string value, string field, string button)
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        var restored = await browser.GoAsync(Web.AuthorizeUrl((name, value)), Ct);
        await Kubectl.SignInAsync(browser, account, Ct);
        Clock.Advance(TimeSpan.FromMinutes(2));

        var reloaded = await browser.GoAsync(restored.Url, Ct);
        var begun = await browser.GoAsync(Web.AuthorizeUrl((name, value)), Ct);
        var again = await browser.GoAsync(begun.Url, Ct);
        if (begun.HasField("Username")) begun.Fill("Username", account.Username);
        var refused = await begun.Fill(field, "not the right one at all").PressAsync(button, Ct);

        Assert.All((Page[])[reloaded, begun, again, refused], page => Assert.True(page.HasField(field), page.ToString()));
        Assert.True(refused.Has("Sign-in failed.") || refused.Has("This code was not accepted."), refused.ToString());
    }

    [Fact]
    public async Task A_person_who_wants_another_account_can_sign_in_with_it()
    {
        var login = await LogInAsync();
        var page = await (await login.Browser.GoAsync(Kubectl.AuthorizeUrl(), Ct)).PressAsync("Use another account", Ct);

        var reloaded = await login.Browser.GoAsync(page.Url, Ct);

        Assert.All((Page[])[page, reloaded], shown => Assert.True(shown.HasField("Password"), shown.ToString()));
    }

    private static string? LinkOn(Page page, string words) =>
        page.Document.QuerySelectorAll("a").FirstOrDefault(link => link.TextContent.Trim() == words)?.GetAttribute("href")
            ?? throw new Xunit.Sdk.XunitException($"No link \"{words}\" on {page}");
}
