using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Issuer;

/// <summary>
/// Which answers a browser lets a page of another site read (CORS): those of the protocol's endpoints, for the origins of applications in
/// the browser. The issuer has two such applications.
/// </summary>
public sealed class BrowserAccessTests(BrowserAccessTests.WithApplications running) : ProtocolTests(running),
    IClassFixture<BrowserAccessTests.WithApplications>
{
    private const string Origin = "https://spa.example.test";
    private const string OtherOrigin = "https://other.example.test:8443";
    private const string Bad = "grant_type=refresh_token&client_id=spa&refresh_token=x";

    private RelyingParty Spa { get; } = running.Issuer.CreateClient("spa", $"{Origin}/callback");

    public sealed class WithApplications : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings) => settings with
        {
            Clients = new Dictionary<string, ClientOptions>(settings.Clients)
            {
                ["spa"] = new() { Kind = ClientKind.Spa, RedirectUris = [$"{Origin}/callback", "http://localhost:3000/callback"],
                    PostLogoutRedirectUris = ["https://elsewhere.example.test/bye"] },

                // As configured, not as a browser writes it.
                ["other"] = new() { Kind = ClientKind.Spa, RedirectUris = ["https://OTHER.example.test:8443/callback?x=1",
                    "https://default.example.test:443/callback"] },
                ["native"] = new() { Kind = ClientKind.Native, RedirectUris = ["https://native.example.test/callback"] },
            },
        };
    }

    public static TheoryData<string, string, string?> Callable => new()
    {
        { "GET", "/.well-known/openid-configuration", null },
        { "GET", "/.well-known/oauth-authorization-server", null },
        { "GET", "/.well-known/jwks", null },
        { "HEAD", "/.well-known/jwks", null },
        { "GET", "/connect/userinfo", null },
        { "POST", "/connect/userinfo", "access_token=x" },
        { "POST", "/connect/token", Bad },
        { "POST", "/connect/token", "" },
        { "GET", "/connect/token", null },
        { "PUT", "/connect/token", Bad },
        { "POST", "/connect/revoke", "client_id=spa&token=x" },
        { "POST", "/connect/revoke", "client_id=nobody&token=x" },
        { "POST", "/.well-known/jwks", "x=y" },
    };

    public static TheoryData<string> OtherOrigins =>
    [
        "null", "https://evil.example", "http://spa.example.test", "https://spa.example.test:8443", "https://spa.example.test.evil.example",
        "https://xspa.example.test", "https://sub.spa.example.test", "https://SPA.example.test", "https://spa.example.test/",
        "https://spa.example.test https://evil.example", "http://localhost:3001", "http://localhost", "http://127.0.0.1:3000",
        "https://localhost:3000", "https://other.example.test", "https://elsewhere.example.test", "https://native.example.test",
        "https://app.example.test", "https://idp.example.test", "http://localhost:8000", "*",
    ];

    [Theory]
    [MemberData(nameof(Callable))]
    public async Task A_page_of_a_registered_origin_may_read_the_answer_also_if_it_is_an_error(string method, string path, string? form)
    {
        foreach (var origin in (string[])[Origin, OtherOrigin, "http://localhost:3000", "https://default.example.test"])
        {
            using var response = await SendFromAsync(origin, method, path, form);

            Assert.Equal([origin], response.Headers.GetValues("Access-Control-Allow-Origin"));
            Assert.Equal(["Retry-After", "WWW-Authenticate"],
                response.Headers.GetValues("Access-Control-Expose-Headers").SelectMany(list => list.Split(',')).Order());
            Assert.Equal(["Origin"], response.Headers.Vary);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        }
    }

    [Theory]
    [MemberData(nameof(OtherOrigins))]
    public async Task A_page_of_any_other_origin_gets_no_header_for_any_answer(string origin)
    {
        foreach (var row in Callable)
        {
            var (method, path, form) = row.Data;
            using var answer = await SendFromAsync(origin, method, path, form);
            using var preflight = await PreflightAsync(origin, path, "POST", "authorization");

            foreach (var response in (HttpResponseMessage[])[answer, preflight])
            {
                AssertNothingAllowed(response);
                Assert.Equal(["Origin"], response.Headers.Vary);
            }
        }
    }

    [Fact]
    public async Task Two_origins_in_one_request_are_none()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/jwks");
        request.Headers.TryAddWithoutValidation("Origin", [Origin, OtherOrigin]);

        using var response = await SendAsync(request);

        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/jwks")]
    [InlineData("/connect/userinfo")]
    [InlineData("/connect/token")]
    [InlineData("/connect/revoke")]
    public async Task A_preflight_is_answered_for_an_hour_with_what_the_endpoints_need(string path)
    {
        using var response = await PreflightAsync(Origin, path, "POST", "authorization,content-type");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal([Origin], response.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["3600"], response.Headers.GetValues("Access-Control-Max-Age"));
        Assert.Equal(["GET", "HEAD", "POST"], Listed(response, "Access-Control-Allow-Methods"));
        Assert.Equal(["Authorization", "Content-Type"], Listed(response, "Access-Control-Allow-Headers"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Equal(["Origin"], response.Headers.Vary);
    }

    [Theory]
    [InlineData("/connect/authorize?client_id=spa")]
    [InlineData("/connect/logout")]
    [InlineData("/connect/introspect")]
    [InlineData("/api/v1/sessions/")]
    [InlineData("/k8s/token-review")]
    [InlineData("/login")]
    [InlineData("/account")]
    [InlineData("/")]
    [InlineData("/css/kubeidp.css")]
    [InlineData("/ca.crt")]
    [InlineData("/nothing")]
    public async Task Nothing_else_may_be_read_by_any_page(string path)
    {
        foreach (var method in (string[])["GET", "POST"])
        {
            using var answer = await SendFromAsync(Origin, method, path, method is "POST" ? "x=y" : null);
            using var preflight = await PreflightAsync(Origin, path, method, "authorization");

            foreach (var response in (HttpResponseMessage[])[answer, preflight])
                AssertNothingAllowed(response);
        }
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/jwks")]
    public async Task Whoever_asks_first_leaves_nothing_in_a_document_for_the_next(string path)
    {
        var fresh = await Running.StartAnotherAsync(Ct);
        using var invoker = new HttpMessageInvoker(fresh.CreateHandler());

        foreach (var origin in (string?[])[Origin, OtherOrigin, null, "https://evil.example", Origin])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Issuer.Issuer, path));
            if (origin is not null) request.Headers.Add("Origin", origin);
            using var response = await invoker.SendAsync(request, Ct);

            Assert.Equal(origin is Origin or OtherOrigin ? origin : null,
                response.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? Assert.Single(allowed) : null);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(Ct));
        }
    }

    [Fact]
    public async Task A_request_in_the_name_of_an_application_from_elsewhere_is_refused_and_uses_nothing_up()
    {
        var tokens = (await LogInAsync(Spa, ("scope", "openid offline_access"))).Tokens;
        var code = await NewCodeAsync(Spa);
        var redeem = $"grant_type=authorization_code&client_id=spa&code={code}&redirect_uri={Origin}/callback&code_verifier={Spa.Verifier}";
        var refresh = $"grant_type=refresh_token&client_id=spa&refresh_token={tokens.RefreshToken}";
        var revoke = $"client_id=spa&token={tokens.RefreshToken}";

        // That of another application is as foreign as any.
        foreach (var origin in (string[])["https://evil.example", "null", OtherOrigin])
        {
            (string, string)[] requests = [("/connect/token", redeem), ("/connect/token", refresh), ("/connect/revoke", revoke)];
            foreach (var (path, form) in requests)
            {
                using var refused = await SendFromAsync(origin, "POST", path, form);
                Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (refused.StatusCode, await ErrorOfAsync(refused)));
            }
        }

        using var redeemed = await SendFromAsync(Origin, "POST", "/connect/token", redeem);
        using var refreshed = await SendFromAsync(Origin, "POST", "/connect/token", refresh);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (redeemed.StatusCode, refreshed.StatusCode));
        Assert.Equal(2, (await TokenAnswer.ReadAsync(refreshed, Ct)).Generation);
        using var revoked = await SendFromAsync(Origin, "POST", "/connect/revoke", revoke);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal("invalid_grant", (await Spa.RefreshAsync(tokens.RefreshToken!, Ct)).Error);
    }

    [Fact]
    public async Task Only_applications_in_the_browser_are_held_to_their_origin()
    {
        var tokens = (await LogInAsync()).Tokens;
        using var response = await SendFromAsync("https://evil.example", "POST", "/connect/token",
            $"grant_type=refresh_token&client_id=kubernetes&refresh_token={tokens.RefreshToken}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task An_application_gets_a_refresh_token_only_with_offline_access_and_each_is_used_once()
    {
        Assert.Null((await LogInAsync(Spa)).Tokens.RefreshToken);
        var first = (await LogInAsync(Spa, ("scope", "openid offline_access"))).Tokens;

        var second = (await Spa.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();
        Clock.Advance(TimeSpan.FromMinutes(20));
        var replayed = await Spa.RefreshAsync(first.RefreshToken!, Ct);

        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        Assert.Equal("invalid_grant", replayed.Error);
        Assert.Equal("invalid_grant", (await Spa.RefreshAsync(second.RefreshToken!, Ct)).Error);
    }

    [Fact]
    public async Task Without_PKCE_it_gets_no_code()
    {
        using var browser = Issuer.CreateBrowser();
        browser.StopAt = Spa.IsOurs;

        var page = await browser.GoAsync(Spa.AuthorizeUrl(("code_challenge", null), ("code_challenge_method", null)), Ct);

        Assert.Equal("invalid_request", page.RedirectParameters["error"]);
    }

    // RFC 8252 §8.6: another program can receive what goes to a loopback address, but not what goes to the application's https address.
    [Fact]
    public async Task In_a_session_a_code_goes_to_its_https_address_without_a_click_and_to_a_loopback_address_after_one()
    {
        var login = await LogInAsync(Spa);
        login.Browser.StopAt = url => url.Host != Issuer.Issuer.Host;
        using var local = Issuer.CreateClient("spa", "http://localhost:3000/callback");

        var silent = await login.Browser.GoAsync(Spa.AuthorizeUrl(("prompt", "none")), Ct);
        var atOnce = await login.Browser.GoAsync(Spa.AuthorizeUrl(), Ct);
        var question = await login.Browser.GoAsync(local.AuthorizeUrl(), Ct);
        var silentLocal = await login.Browser.GoAsync(local.AuthorizeUrl(("prompt", "none")), Ct);

        Assert.True((await Spa.RedeemAsync(silent.RedirectParameters["code"], Ct)).IsSuccess);
        Assert.True((await Spa.RedeemAsync(atOnce.RedirectParameters["code"], Ct)).IsSuccess);
        Assert.True(question.HasButton("Continue"), question.ToString());
        Assert.Equal("interaction_required", silentLocal.RedirectParameters["error"]);
    }

    internal static void AssertNothingAllowed(HttpResponseMessage response) => Assert.DoesNotContain(response.Headers,
        header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public async Task A_login_that_is_over_leads_back_to_the_application()
    {
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync(Spa.AuthorizeUrl(), Ct);
        Clock.Advance(TimeSpan.FromMinutes(61));

        var over = await browser.GoAsync(page.Url, Ct);

        var link = Assert.Single(over.Document.QuerySelectorAll("a.button"), link => link.TextContent.Trim() == "Go to spa");
        Assert.Equal(Origin, link.GetAttribute("href"));
    }

    private async Task<HttpResponseMessage> SendFromAsync(string origin, string method, string path, string? form)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        Assert.True(request.Headers.TryAddWithoutValidation("Origin", origin));
        if (form is not null)
            request.Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        return await SendAsync(request);
    }

    private async Task<HttpResponseMessage> PreflightAsync(string origin, string path, string method, string headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        Assert.True(request.Headers.TryAddWithoutValidation("Origin", origin));
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", headers);
        return await SendAsync(request);
    }

    private static IEnumerable<string> Listed(HttpResponseMessage response, string header) =>
        response.Headers.GetValues(header).SelectMany(list => list.Split(',')).Select(item => item.Trim()).Order(StringComparer.Ordinal);

    private static async Task<string?> ErrorOfAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("error").GetString();
}

/// <summary>An issuer without applications in the browser.</summary>
public sealed class NoBrowserAccessTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Theory]
    [InlineData("GET", "/.well-known/openid-configuration")]
    [InlineData("GET", "/connect/userinfo")]
    [InlineData("OPTIONS", "/.well-known/openid-configuration")]
    [InlineData("OPTIONS", "/connect/token")]
    public async Task No_answer_has_anything_to_do_with_origins(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", "https://app.example.test");
        request.Headers.Add("Access-Control-Request-Method", "POST");

        using var response = await SendAsync(request);

        Assert.NotEqual(HttpStatusCode.NoContent, response.StatusCode);
        BrowserAccessTests.AssertNothingAllowed(response);
        Assert.Empty(response.Headers.Vary);
    }
}
