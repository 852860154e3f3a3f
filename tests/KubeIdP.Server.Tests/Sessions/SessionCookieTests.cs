using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Sessions;

public abstract class SessionCookieTests(RunningIssuer running) : ProtocolTests(running)
{
    private const string Session = "__Host-kubeidp-session";

    [Fact]
    public async Task Every_cookie_is_of_this_host_alone_and_out_of_reach_of_scripts_and_foreign_forms()
    {
        var login = await LogInAsync();
        await login.Browser.GoAsync(Kubectl.AuthorizeUrl(("prompt", "login")), Ct);

        var cookies = login.Browser.Cookies;

        Assert.Empty(cookies.Refused);
        Assert.Contains(cookies.Cookies, cookie => cookie.Name == Session);
        Assert.All(cookies.Cookies, cookie =>
        {
            Assert.StartsWith("__Host-", cookie.Name, StringComparison.Ordinal);
            Assert.Equal((true, true, true, "/", "lax"), (cookie.Secure, cookie.HttpOnly, cookie.HostOnly, cookie.Path, cookie.SameSite));
            Assert.True(cookie.Value.Length > 40);
        });
    }

    [Fact]
    public async Task A_browser_is_not_known_before_its_second_factor_and_by_another_name_after_each_login()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(Web.AuthorizeUrl(), Ct);
        await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        var halfway = browser.Cookies[Session];
        await Web.LogInAsync(browser, account, Ct);
        var first = browser.Cookies[Session];
        await Web.LogInAsync(browser, account, Ct, ("prompt", "login"));

        Assert.Null(halfway);
        Assert.NotNull(first);
        Assert.NotEqual(first, browser.Cookies[Session]);
    }

    [Fact]
    public async Task The_cookies_of_a_login_are_gone_when_it_is_over()
    {
        var login = await LogInAsync();

        Assert.DoesNotContain(login.Browser.Cookies.Cookies,
            cookie => cookie.Name.StartsWith("__Host-kubeidp-login-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Before_something_is_proven_there_is_no_cookie_of_a_login_and_then_five_at_most()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();

        var pages = new List<Page>();
        for (var i = 0; i < 8; i++) pages.Add(await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct));
        var opened = LoginCookiesOf(browser);
        foreach (var page in pages)
            await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        var proven = LoginCookiesOf(browser);
        var oldest = await browser.GoAsync(pages[0].Url.AbsoluteUri.Replace("/login", "/enrol", StringComparison.Ordinal), Ct);
        var newest = await browser.GoAsync(pages[7].Url.AbsoluteUri.Replace("/login", "/enrol", StringComparison.Ordinal), Ct);
        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal((0, 5, 0), (opened, proven, LoginCookiesOf(browser)));
        Assert.True(oldest.HasField("Password"), oldest.ToString());
        Assert.True(newest.HasField("Enrolment code"), newest.ToString());
    }

    [Fact]
    public async Task A_cookie_stored_after_the_sessions_end_opens_nothing()
    {
        var login = await LogInAsync(Web);
        var stolen = login.Browser.Cookies[Session];

        Clock.Advance(TimeSpan.FromHours(12) + TimeSpan.FromMinutes(1));
        login.Browser.Cookies.Set(Issuer.Issuer, $"{Session}={stolen}; Secure; HttpOnly; Path=/; Max-Age=999999");
        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct);

        Assert.Equal("login_required", page.RedirectParameters["error"]);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("!!!")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_forged_cookie_is_none(string value)
    {
        using var browser = Issuer.CreateBrowser();
        browser.Cookies.Set(Issuer.Issuer, $"{Session}={value}; Secure; Path=/");

        var page = await browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct);

        Assert.Equal("login_required", page.RedirectParameters["error"]);
    }

    [Fact]
    public async Task What_one_browser_has_proven_does_not_count_in_another()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        using var other = Issuer.CreateBrowser();

        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        var elsewhere = await other.GoAsync(page.Url, Ct);

        Assert.True(page.HasField("Enrolment code"), page.ToString());
        Assert.True(elsewhere.HasField("Password"), elsewhere.ToString());
    }

    private static int LoginCookiesOf(BrowserClient browser) =>
        browser.Cookies.Cookies.Count(cookie => cookie.Name.StartsWith("__Host-kubeidp-login-", StringComparison.Ordinal));
}

public sealed class SessionCookieOnSqlite(IssuerOnSqlite running) : SessionCookieTests(running), IClassFixture<IssuerOnSqlite>;

public sealed class SessionCookieOnPostgres(IssuerOnPostgres running) : SessionCookieTests(running), IClassFixture<IssuerOnPostgres>;
