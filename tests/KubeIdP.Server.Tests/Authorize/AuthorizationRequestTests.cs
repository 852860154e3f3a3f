using System.Net;
using System.Net.Sockets;
using KubeIdP.Server.Tests.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

public sealed class AuthorizationRequestTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    public static TheoryData<string> NotTheCallback => RedirectUriTests.NotTheCallback;

    public static TheoryData<string> NotTheLoopback => RedirectUriTests.NotTheLoopback;

    [Theory]
    [MemberData(nameof(NotTheCallback))]
    public async Task A_redirect_address_that_is_not_registered_gets_a_page_and_no_redirect(string redirect)
    {
        var page = await GoAsync(Web.AuthorizeUrl(("redirect_uri", redirect)));

        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Redirect));
        Assert.True(page.Has("Reference"));
    }

    [Theory]
    [MemberData(nameof(NotTheLoopback))]
    public async Task A_loopback_lookalike_gets_a_page_and_no_redirect(string redirect)
    {
        var page = await GoAsync(Kubectl.AuthorizeUrl(("redirect_uri", redirect)));

        // One of them is registered for kubectl, with any port and without a path.
        if (redirect == "http://127.0.0.1:8000") return;
        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Redirect));
    }

    [Fact]
    public async Task An_unknown_client_gets_a_page_and_no_redirect()
    {
        var page = await GoAsync(Kubectl.AuthorizeUrl(("client_id", "nobody")));

        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Redirect));
    }

    [Fact]
    public async Task Another_port_of_the_loopback_is_accepted()
    {
        using var client = Issuer.CreateClient(redirectUri: "http://localhost:49152");

        Assert.NotEmpty((await LogInAsync(client)).Tokens.IdToken);
    }

    [Theory]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", "id_token", "unsupported_response_type")]
    [InlineData("response_type", "code id_token", "unsupported_response_type")]
    [InlineData("response_type", "none", "unsupported_response_type")]
    [InlineData("response_type", "code code", "unsupported_response_type")]
    [InlineData("response_type", " code", "unsupported_response_type")]
    [InlineData("response_type", "CODE", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("response_mode", "nonsense", "invalid_request")]
    [InlineData("response_mode", "FORM_POST", "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "s256", "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("code_challenge", "illegal+characters/in=the-challenge-0123456789", "invalid_request")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("prompt", "nonsense", "invalid_request")]
    [InlineData("prompt", "NONE", "invalid_request")]
    [InlineData("max_age", "abc", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("max_age", "+5", "invalid_request")]
    [InlineData("max_age", " 5", "invalid_request")]
    [InlineData("max_age", "5.0", "invalid_request")]
    [InlineData("max_age", "1e3", "invalid_request")]
    [InlineData("max_age", "0x10", "invalid_request")]
    [InlineData("max_age", "\u0663", "invalid_request")]
    [InlineData("max_age", "5\0", "invalid_request")]
    [InlineData("max_age", "9223372036854775808", "invalid_request")]
    [InlineData("max_age", "99999999999999999999999", "invalid_request")]
    [InlineData("id_token_hint", "garbage", "invalid_request")]
    [InlineData("id_token_hint", "a.b.c", "invalid_request")]
    [InlineData("id_token_hint", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.", "invalid_request")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6ImV2aWwifQ.", "request_not_supported")]
    [InlineData("request_uri", "https://evil.example/request", "request_uri_not_supported")]
    [InlineData("registration", "{}", "registration_not_supported")]
    public async Task A_wrong_request_gets_an_error_and_no_code(string name, string? value, string error)
    {
        var page = await GoAsync(Kubectl.AuthorizeUrl((name, value)));

        Assert.Equal(error, ErrorOf(page));
    }

    [Theory]
    [InlineData(129)]
    [InlineData(44)]
    [InlineData(42)]
    public async Task A_challenge_of_another_length_is_refused(int length)
    {
        var page = await GoAsync(Kubectl.AuthorizeUrl(("code_challenge", new string('a', length))));

        Assert.Equal("invalid_request", ErrorOf(page));
    }

    [Fact]
    public async Task Success_and_error_name_the_issuer_and_the_state()
    {
        using var browser = Issuer.CreateBrowser();
        var login = await LogInAsync(Web);

        var refused = await GoAsync(Web.AuthorizeUrl(("prompt", "none"), ("state", "a b&c")), browser);
        var granted = await GoAsync(Web.AuthorizeUrl(("state", "a b&c")), login.Browser);

        Assert.Equal(("https://idp.example.test", "a b&c", "login_required"),
            (refused.RedirectParameters["iss"], refused.RedirectParameters["state"], refused.RedirectParameters["error"]));
        Assert.Equal(("https://idp.example.test", "a b&c"), (granted.RedirectParameters["iss"], granted.RedirectParameters["state"]));
        Assert.Equal(["code", "iss", "state"], granted.RedirectParameters.Keys.Order());
    }

    [Theory]
    [InlineData("state", "another")]
    [InlineData("scope", "openid")]
    [InlineData("unknown", "x")]
    public async Task A_parameter_sent_twice_is_refused(string name, string value)
    {
        var page = await GoAsync($"{Kubectl.AuthorizeUrl(("unknown", "y"))}&{name}={Uri.EscapeDataString(value)}");

        Assert.Equal("invalid_request", ErrorOf(page));
    }

    [Theory]
    [InlineData("client_id", "web")]
    [InlineData("client_id", "kubernetes")]
    [InlineData("redirect_uri", "https://evil.example/")]
    [InlineData("redirect_uri", "http://localhost:8000")]
    public async Task Nothing_leads_to_either_of_two_addresses(string name, string value)
    {
        var page = await GoAsync($"{Kubectl.AuthorizeUrl()}&{name}={Uri.EscapeDataString(value)}");

        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Redirect));
    }

    [Theory]
    [InlineData("max_age", "")]
    [InlineData("max_age", "0")]
    [InlineData("max_age", "007")]
    [InlineData("max_age", "9223372036854775807")]
    [InlineData("id_token_hint", "")]
    public async Task A_parameter_that_is_right_or_empty_leads_to_the_login(string name, string value)
    {
        var page = await GoAsync(Web.AuthorizeUrl((name, value)));

        Assert.True(page.HasField("Password"), page.ToString());
    }

    // RFC 6749 §3.1. Some of them mean something to other servers, or to OpenIddict.
    [Theory]
    [InlineData("access_type", "offline")]
    [InlineData("claims_locales", "de")]
    [InlineData("audience", "https://api.example.com")]
    [InlineData("resource", "https://api.example.com")]
    [InlineData("claims", "{\"id_token\":")]
    [InlineData("display", "nonsense")]
    [InlineData("identity_provider", "google")]
    [InlineData("hd", "*")]
    [InlineData("request_id", "x")]
    [InlineData("client_assertion", "x")]
    [InlineData("client_assertion_type", "x")]
    [InlineData("user_code", "x")]
    [InlineData("error", "access_denied")]
    [InlineData("iss", "https://evil.example")]
    public async Task An_unknown_parameter_is_ignored(string name, string value)
    {
        Assert.NotEmpty((await LogInAsync((name, value))).Tokens.IdToken);
    }

    [Theory]
    [InlineData("openid profile address phone", "openid profile", "address phone")]
    [InlineData("openid everything urn:other:scope offline_access", "openid offline_access", "everything urn:other:scope")]
    [InlineData("openid \u001b[31mred \u00e9", "openid", "\\u{001B}[31mred \u00e9")]
    [InlineData("OPENID openid", "openid", "OPENID")]
    public async Task Scopes_that_nobody_knows_are_left_out_and_named_in_the_log(string asked, string granted, string named)
    {
        var tokens = (await LogInAsync(Web, ("scope", asked))).Tokens;

        Assert.Equal(granted.Split(' ').Order(), tokens.Body.GetProperty("scope").GetString()!.Split(' ').Order());
        Assert.Contains(Issuer.Log.Lines,
            line => line.Contains($"Client web requested scopes that this issuer does not know; they are ignored: {named}",
                StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_stranger_writes_into_the_log_by_scopes_is_short()
    {
        await GoAsync(Kubectl.AuthorizeUrl(("scope", $"openid {new string('x', 3_000)}")));

        Assert.DoesNotContain(Issuer.Log.Lines, line => line.Contains(new string('x', 400), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_with_unknown_scopes_alone_gets_no_ID_token()
    {
        var code = await NewCodeAsync(Web, ("scope", "address"));

        var answer = (await Web.RedeemAsync(code, Ct)).Succeeded();

        Assert.False(answer.Body.TryGetProperty("id_token", out _));
    }

    [Theory]
    [InlineData("openid")]
    [InlineData("profile")]
    [InlineData(null)]
    public async Task A_request_without_an_address_gets_a_page(string? scope)
    {
        var page = await GoAsync(Web.AuthorizeUrl(("redirect_uri", null), ("scope", scope)));

        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Redirect));
        Assert.True(page.Has("Reference"));
    }

    [Fact]
    public async Task Our_own_pages_take_a_number_of_seconds_alone_as_well()
    {
        foreach (var age in (string[])["abc", "-1", "", "99999999999", "1&max_age=2"])
            Assert.Equal((age, HttpStatusCode.BadRequest), (age, (await GoAsync($"/sign-in?return=/account&max_age={age}")).Status));
        Assert.True((await GoAsync("/sign-in?return=/account&max_age=900")).HasField("Password"));
    }

    [Theory]
    [InlineData("request_uri")]
    [InlineData("redirect_uri")]
    [InlineData("request")]
    public async Task No_address_in_a_request_is_fetched(string parameter)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/request";

        await GoAsync(Web.AuthorizeUrl((parameter, address)));

        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task Other_origins_may_not_read_the_answer()
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Options })
        {
            using var response =
                await SendAsync(
                    new(method, Web.AuthorizeUrl()) { Headers = { { "Origin", "https://evil.example" },
                        { "Access-Control-Request-Method", "GET" } } });

            Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task A_request_may_be_posted()
    {
        var login = await LogInAsync(Web);
        var parameters = QueryHelpers.ParseQuery(new Uri(Web.AuthorizeUrl()).Query)
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString());

        var page = await login.Browser.LoadAsync(
            new(HttpMethod.Post, new Uri(Issuer.Issuer, "/connect/authorize")) { Content = new FormUrlEncodedContent(parameters) }, Ct);

        Assert.True(page.RedirectParameters.ContainsKey("code"));
    }

    [Fact]
    public async Task Nothing_is_stored_for_a_visitor_who_does_not_sign_in()
    {
        var before = await Database.CountRowsAsync(Ct);

        for (var i = 0; i < 5; i++) await GoAsync(Kubectl.AuthorizeUrl());

        Assert.Equal(before, await Database.CountRowsAsync(Ct));
    }

    private async Task<Page> GoAsync(string url, BrowserClient? browser = null)
    {
        browser ??= Issuer.CreateBrowser();
        browser.StopAt = null;
        return await browser.GoAsync(url, Ct);
    }

    private static string ErrorOf(Page page)
    {
        Assert.False(page.RedirectParameters.ContainsKey("code"));
        return page.RedirectParameters["error"];
    }
}
