using System.Net;
using System.Text;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>
/// Requests of any length, and tabs in any number. What a proxy's limits make of them is in <see cref="Browsers.BehindNginxTests"/>.
/// </summary>
public sealed class RequestSizeTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    private const int MaxState = 2_048;

    /// <summary>What a state may be made of: <c>VSCHAR</c> of RFC 6749 appendix A.5, and what real clients send beyond it.</summary>
    public static TheoryData<string> Alphabets => ["abcXYZ0189-_", "ab+/=", "\"{}:,[]", "&=?#%;", "\\'<>`~^|", " ", "äß", "日本"];

    [Theory]
    [MemberData(nameof(Alphabets))]
    public async Task A_long_state_comes_back_as_it_was_after_a_login_and_after_a_question(string alphabet)
    {
        var account = await AddAccountAsync();
        var state = Repeated(alphabet, Encoding.UTF8.GetByteCount(alphabet) > alphabet.Length ? MaxState / 3 : MaxState);
        using var browser = Issuer.CreateBrowser();

        var first = await account.SignInAsync(browser, new Uri(Kubectl.AuthorizeUrl(("state", state))), Ct);
        var again = await account.SignInAsync(browser, new Uri(Kubectl.AuthorizeUrl(("state", state))), Ct);

        foreach (var page in new[] { first, again })
        {
            Assert.Equal(state, page.RedirectParameters["state"]);
            Assert.NotEmpty(page.RedirectParameters["code"]);
        }

        Assert.True((await Kubectl.RedeemAsync(again.RedirectParameters["code"], Ct)).IsSuccess);
    }

    [Fact]
    public async Task An_error_brings_a_long_state_back_as_well()
    {
        var state = Repeated("\"%", MaxState);
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(Web.AuthorizeUrl(("prompt", "none"), ("state", state)), Ct);

        Assert.Equal(("login_required", state), (page.RedirectParameters["error"], page.RedirectParameters["state"]));
    }

    [Theory]
    [InlineData("state", 4_097, false)]
    [InlineData("state", 4_097, true)]
    [InlineData("nonce", 4_097, false)]
    [InlineData("something_unknown", 20_000, false)]
    [InlineData("login_hint", 20_000, true)]
    [InlineData("state", 200_000, true)]
    public async Task A_request_of_more_than_four_kilobytes_is_refused_at_once_with_the_reason_and_logged_and_counted(string parameter,
        int length, bool posted)
    {
        using var measured = new Measured(Issuer);
        var before = measured.Now("kubeidp.oversized", ("what", "request"));
        Clock.Advance(TimeSpan.FromMinutes(2));
        using var browser = Issuer.CreateBrowser();

        var request = Web.AuthorizeUrl((parameter, new string('s', length)));
        var page = posted ? await PostAsync(browser, request) : await browser.GoAsync(request, Ct);

        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Redirect));
        Assert.True(page.Has("too long") && page.Has("4096"), page.ToString());
        Assert.Equal(before + 1, measured.Now("kubeidp.oversized", ("what", "request")));
        Assert.Contains(Issuer.Log.Lines,
            line => line.Contains("4096", StringComparison.Ordinal)
                && line.Contains(page.Document.QuerySelector(".reference code")!.TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signing_out_brings_a_long_state_back_too()
    {
        var login = await LogInAsync();
        var state = Repeated("ab+/=", MaxState);

        var page = await login.Browser.GoAsync(
            $"/connect/logout?id_token_hint={login.Tokens.IdToken}"
            + $"&post_logout_redirect_uri={Uri.EscapeDataString("http://localhost:8000/signed-out")}&state={Uri.EscapeDataString(state)}",
                Ct);

        Assert.Equal(state, page.RedirectParameters["state"]);
    }

    [Fact]
    public async Task A_request_of_four_kilobytes_may_be_posted_too()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = Web.IsOurs;

        var page = await PostAsync(browser, RequestOfFourKilobytes(Web, out var state));
        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = page.ValueOf("Setup key");
        page = await account.VerifyAsync(page, Ct);

        Assert.Equal(state, page.RedirectParameters["state"]);
    }

    // A laptop that wakes up: no tab knows of the others' cookies.
    [Fact]
    public async Task Forty_tabs_that_open_at_once_leave_one_small_cookie_and_each_of_them_works()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();

        var tabs = await browser.GoAtOnceAsync(
            [.. Enumerable.Range(0, 40)
                .Select(number => number % 4 == 0 ? "/account" : Kubectl.AuthorizeUrl(("state", $"state-{number}")))], Ct);
        var length = CookieLineOf(browser);
        var first = await tabs[1].Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        first = await first.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = first.ValueOf("Setup key");
        first = await account.VerifyAsync(first, Ct);
        var last = await browser.GoAsync(tabs[39].Url, Ct);
        if (last.HasField("Password")) last = await browser.GoAsync(Kubectl.AuthorizeUrl(("state", "state-39")), Ct);
        last = await last.PressAsync("Continue", Ct);

        Assert.All(tabs, tab => Assert.True(tab.HasField("Password"), tab.ToString()));
        Assert.InRange(length, 1, 400);
        Assert.Equal(("state-1", "state-39"), (first.RedirectParameters["state"], last.RedirectParameters["state"]));
        Assert.InRange(CookieLineOf(browser), 1, 2_000);
        Assert.Empty(browser.Cookies.Refused);
    }

    [Fact]
    public async Task Each_of_many_forms_that_came_at_once_is_taken()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();

        var tabs = await browser.GoAtOnceAsync([.. Enumerable.Range(0, 6).Select(_ => Kubectl.AuthorizeUrl())], Ct);

        foreach (var tab in tabs)
        {
            var page = await tab.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
            Assert.True(page.HasField("Enrolment code"), page.ToString());
        }
    }

    [Fact]
    public async Task A_browser_over_the_bound_keeps_the_login_that_it_continues_and_its_session()
    {
        using var measured = new Measured(Issuer);
        var login = await LogInAsync();
        var before = measured.Now("kubeidp.oversized", ("what", "cookies"));
        var page = await login.Browser.GoAsync(Kubectl.AuthorizeUrl(("prompt", "login")), Ct);
        page = await page.Fill("Username", login.Account.Username).Fill("Password", login.Account.Password).PressAsync("Sign in", Ct);
        for (var i = 0; i < 12; i++)
            login.Browser.Cookies.Set(Issuer.Issuer, $"__Host-kubeidp-login-{i + 10}={new string('x', 1_000)}; Secure; HttpOnly; Path=/");

        page = await page.Fill("Authentication code", await login.Account.NextCodeAsync(Ct)).PressAsync("Verify", Ct);

        Assert.NotEmpty(page.RedirectParameters["code"]);
        Assert.InRange(CookieLineOf(login.Browser), 1, 2_000);
        Assert.Equal(before + 1, measured.Now("kubeidp.oversized", ("what", "cookies")));
    }

    // What kubectl and API servers ask all the time runs nothing that is there for browsers.
    [Theory]
    [InlineData("POST", "/connect/token")]
    [InlineData("POST", "/k8s/token-review")]
    [InlineData("GET", "/.well-known/openid-configuration")]
    [InlineData("GET", "/.well-known/jwks")]
    public async Task An_answer_to_a_program_removes_no_cookies(string method, string path)
    {
        using var program = new HttpMessageInvoker(Issuer.CreateHandler());
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Issuer.Issuer, path));
        request.Headers.Add("Cookie",
            string.Join("; ", Enumerable.Range(10, 12).Select(number => $"__Host-kubeidp-login-{number}={new string('x', 1_000)}")));

        using var answer = await program.SendAsync(request, Ct);

        Assert.False(answer.Headers.Contains("Set-Cookie"), answer.ToString());
    }

    [Fact]
    public async Task Very_long_names_of_people_do_not_exceed_the_size_of_the_request()
    {
        var account =
            await Issuer.AddAccountAsync(
                new string(new Random(1).GetItems(Enumerable.Range('\u4e00', 5_000).Select(code => (char)code).ToArray(), 256)), Ct);
        using var browser = Issuer.CreateBrowser();

        Page? last = null;
        for (var i = 0; i < 6; i++)
            last = await (await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct)).Fill("Username", account.Username)
                .Fill("Password", account.Password).PressAsync("Sign in", Ct);

        Assert.True(last!.HasField("Enrolment code"), last.ToString());
        Assert.InRange(CookieLineOf(browser), 1, 5_000);
        last = await last.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        Assert.NotEmpty(last.ValueOf("Setup key"));
    }

    private static string Repeated(string alphabet, int length) =>
        string.Concat(Enumerable.Repeat(alphabet, (length / alphabet.Length) + 1))[..length];

    /// <summary>What can't be made shorter than its characters are worth, the same in each run.</summary>
    internal static string Noise(int length) =>
        new(new Random(length).GetItems("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".AsSpan(), length));

    private static int CookieLineOf(BrowserClient browser) =>
        browser.Cookies.Cookies.Sum(cookie => cookie.Name.Length + cookie.Value.Length + 3);

    internal static string RequestOfFourKilobytes(RelyingParty client, out string state)
    {
        state = Noise(MaxState);
        var used = QueryHelpers.ParseQuery(new Uri(client.AuthorizeUrl(("state", state), ("nonce", ""))).Query)
            .Sum(pair => pair.Key.Length + pair.Value.ToString().Length);
        return client.AuthorizeUrl(("state", state), ("nonce", Noise((4 * 1024) - used)));
    }

    private Task<Page> PostAsync(BrowserClient browser, string request) =>
        browser.LoadAsync(new(HttpMethod.Post, new Uri(Issuer.Issuer, "/connect/authorize"))
    {
        Content = new FormUrlEncodedContent(QueryHelpers.ParseQuery(request.Split('?', 2)[1])
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString())),
    }, Ct);
}
