using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Web;

/// <summary>What every page keeps to, on the way of a whole login.</summary>
public abstract class PageTests(RunningIssuer running) : ProtocolTests(running)
{
    [Fact]
    public async Task Every_page_of_a_login_is_locked_down_and_may_lead_to_its_client_alone()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();

        var login = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        var refused = await login.Fill("Username", account.Username).Fill("Password", "wrong").PressAsync("Sign in", Ct);
        var enrol = await refused.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        var app = await enrol.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = app.ValueOf("Setup key");
        await account.VerifyAsync(app, Ct);
        var again = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        var factor = await browser.GoAsync(Kubectl.AuthorizeUrl(("prompt", "login")), Ct);
        factor = await factor.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);

        foreach (var page in new[] { login, refused, enrol, app, again, factor }) AssertLockedDown(page, "'self' http://localhost:8000");
        Assert.True(app.Has("Setup key") && again.HasButton("Continue") && factor.HasField("Authentication code"));
        Assert.Empty(browser.Cookies.Refused);
    }

    [Theory]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/login", HttpStatusCode.BadRequest)]
    [InlineData("/factor?login=0123456789abcdef0123456789abcdef", HttpStatusCode.BadRequest)]
    [InlineData("/enrol?login=x&login=y", HttpStatusCode.BadRequest)]
    [InlineData("/continue?login=%00%ff", HttpStatusCode.BadRequest)]
    [InlineData("/signed-out", HttpStatusCode.OK)]
    [InlineData("/connect/authorize", HttpStatusCode.BadRequest)]
    [InlineData("/connect/authorize?client_id=%00%ff%c3%28&redirect_uri=%00", HttpStatusCode.BadRequest)]
    [InlineData("/connect/logout?id_token_hint=%00", HttpStatusCode.OK)]
    [InlineData("/connect/logout?id_token_hint=a.b.c", HttpStatusCode.OK)]
    public async Task Every_other_page_is_locked_down_and_leads_nowhere(string path, HttpStatusCode status)
    {
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(path, Ct);

        Assert.Equal(status, page.Status);
        AssertLockedDown(page, "'self'");
        Assert.DoesNotContain("Exception", page.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stylesheet_of_a_page_is_there()
    {
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync("/signed-out", Ct);

        var sheet = await browser.GoAsync(page.Document.QuerySelector<IHtmlLinkElement>("link[rel=stylesheet]")!.Href!, Ct);

        Assert.Equal((HttpStatusCode.OK, "text/css"), (sheet.Status, sheet.Response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_form_without_its_token_or_with_another_browsers_is_refused()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        using var other = Issuer.CreateBrowser();
        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        var foreign = await other.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        var token = foreign.Document.QuerySelector<IHtmlInputElement>("input[type=hidden]")!;

        var without = await PostAsync(browser, page, []);
        var with = await PostAsync(browser, page, [KeyValuePair.Create(token.Name!, token.Value)]);

        foreach (var answer in new[] { without, with })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.True(answer.Has("form"));
        }

        Task<Page> PostAsync(BrowserClient from, Page to, KeyValuePair<string, string>[] more) =>
            from.LoadAsync(new(HttpMethod.Post, to.Url)
        {
            Content = new FormUrlEncodedContent(
                [KeyValuePair.Create("Username", account.Username), KeyValuePair.Create("Password", account.Password), .. more]),
        }, Ct);
    }

    [Fact]
    public async Task A_form_of_any_size_or_kind_is_a_clear_refusal()
    {
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync(Kubectl.AuthorizeUrl(), Ct);
        var many = string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"p{i}=x"));
        (string Text, string Type)[] bodies =
        [
            (many, "application/x-www-form-urlencoded"), ($"Password={new string('x', 1 << 20)}", "application/x-www-form-urlencoded"),
            ("Username=%00%ff%c3%28&Password=%00", "application/x-www-form-urlencoded"), ("{}", "application/json"),
            ("--x", "multipart/form-data; boundary=x"),
            ("x", "multipart/form-data"), ("", "text/plain"),
        ];

        foreach (var (text, type) in bodies)
        {
            var content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes(text));
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            var answer = await browser.LoadAsync(new(HttpMethod.Post, page.Url) { Content = content }, Ct);

            Assert.True((int)answer.Status is >= 400 and < 500, $"{type}: {answer}");
        }
    }

    private static void AssertLockedDown(Page page, string formAction)
    {
        var headers = page.Response.Headers;

        Assert.Equal(
            $"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action {formAction}; frame-ancestors 'none'; base-uri "
                + $"'none'",
            Assert.Single(headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(headers.GetValues("Referrer-Policy")));
        Assert.Equal("max-age=31536000", Assert.Single(headers.GetValues("Strict-Transport-Security")));
        Assert.True(headers.CacheControl?.NoStore);
        Assert.False(headers.Contains("Server"));
        Assert.DoesNotContain(page.Document.QuerySelectorAll("script, iframe, object, [style], [onclick]"), _ => true);
        Assert.All(page.Document.QuerySelectorAll("[src], link[href], form[action]"), element =>
            Assert.DoesNotMatch("^(https?:)?//",
                element.GetAttribute("src") ?? element.GetAttribute("href") ?? element.GetAttribute("action")!));
    }
}

public sealed class PageOnSqlite(IssuerOnSqlite running) : PageTests(running), IClassFixture<IssuerOnSqlite>;

public sealed class PageOnPostgres(IssuerOnPostgres running) : PageTests(running), IClassFixture<IssuerOnPostgres>;
