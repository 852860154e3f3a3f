using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Logout;

/// <summary>OpenID Connect RP-Initiated Logout 1.0.</summary>
public abstract class LogoutTests(RunningIssuer running) : ProtocolTests(running)
{
    private const string Back = "https://app.example.test/signed-out";

    [Theory]
    [InlineData(0)]
    [InlineData(180)]
    public async Task With_a_hint_however_old_the_session_ends_and_the_browser_returns(int minutes)
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));

        Clock.Advance(TimeSpan.FromMinutes(minutes));
        var page = await LogOutAsync(login.Browser, ("id_token_hint", login.Tokens.IdToken), ("post_logout_redirect_uri", Back),
            ("state", "a b&c"));

        Assert.Equal($"{Back}?state=a%20b%26c", page.Redirect?.AbsoluteUri);
        await AssertEndedAsync(login);
    }

    [Fact]
    public async Task Without_an_address_to_return_to_the_page_says_so()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));

        var page = await LogOutAsync(login.Browser, ("id_token_hint", login.Tokens.IdToken));

        Assert.True(page.Has("You are signed out"));
        await AssertEndedAsync(login);
    }

    [Theory]
    [InlineData("https://app.example.test/signed-out/x")]
    [InlineData("https://app.example.test/signed-out?a=b")]
    [InlineData("https://app.example.test/signed-out#f")]
    [InlineData("https://app.example.test.evil.example/signed-out")]
    [InlineData("https://evil.example/")]
    [InlineData("http://localhost:8000/signed-out")]
    [InlineData("https://app.example.test/callback")]
    [InlineData("javascript:alert(1)")]
    public async Task An_address_that_is_not_registered_is_not_returned_to(string address)
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));

        var page = await LogOutAsync(login.Browser, ("id_token_hint", login.Tokens.IdToken), ("post_logout_redirect_uri", address),
            ("state", "s"));

        Assert.Null(page.Redirect);
    }

    // RFC 6749 §3.1: a parameter without a value was not sent.
    [Fact]
    public async Task An_empty_address_to_return_to_is_none()
    {
        var login = await LogInAsync(Web);

        var page = await LogOutAsync(login.Browser, ("id_token_hint", login.Tokens.IdToken), ("post_logout_redirect_uri", ""),
            ("state", ""));

        Assert.True(page.Has("You are signed out"), page.ToString());
    }

    [Fact]
    public async Task A_hint_that_was_changed_ends_nothing()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));
        var parts = login.Tokens.IdToken.Split('.');
        string[] hints = ["garbage", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}x.{parts[2]}", $"eyJhbGciOiJub25lIn0.{parts[1]}.",
            login.Tokens.AccessToken];

        foreach (var hint in hints)
        {
            var page = await LogOutAsync(login.Browser, ("id_token_hint", hint), ("post_logout_redirect_uri", Back), ("state", "s"));
            Assert.Null(page.Redirect);
        }

        Assert.True((await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct)).IsSuccess);
    }

    // ID tokens stand in logs of proxies and API servers, and a hint may be as old as it likes.
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_hint_from_another_browser_ends_nothing(string method)
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));
        Clock.Advance(TimeSpan.FromHours(1));
        using var other = Issuer.CreateBrowser();

        (string, string)[][] requests =
        [
            [("id_token_hint", login.Tokens.IdToken)],
            [("id_token_hint", login.Tokens.IdToken), ("client_id", "web")],
            [("id_token_hint", login.Tokens.IdToken), ("post_logout_redirect_uri", Back), ("state", "s")],
        ];
        foreach (var request in requests)
        {
            var page = method == "GET" ? await LogOutAsync(other, request) : await PostLogOutAsync(other, request);
            Assert.Equal(request.Length == 3 ? $"{Back}?state=s" : null, page.Redirect?.AbsoluteUri);
            Assert.False(page.HasButton("Sign out"));
        }

        Assert.True((await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct)).IsSuccess);
        Assert.Empty(await EndingsOfAsync(login));
        login.Browser.StopAt = null;
        Assert.True((await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct)).RedirectParameters.ContainsKey("code"));
    }

    [Fact]
    public async Task A_hint_from_another_browser_ends_nothing_when_somebody_has_clicked_there()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));
        var other = await LogInAsync(Web, ("scope", "openid offline_access"));

        var page = await LogOutAsync(other.Browser, ("id_token_hint", login.Tokens.IdToken), ("post_logout_redirect_uri", Back));
        page = await page.PressAsync("Sign out", Ct);

        Assert.Null(page.Redirect);
        await AssertEndedAsync(other);
        Assert.True((await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct)).IsSuccess);
    }

    [Fact]
    public async Task The_audit_says_how_a_session_was_ended_and_which_client_asked()
    {
        var byClient = await LogInAsync(Web);
        var byPage = await LogInAsync(Web);

        await LogOutAsync(byClient.Browser, ("id_token_hint", byClient.Tokens.IdToken));
        await (await LogOutAsync(byPage.Browser)).PressAsync("Sign out", Ct);

        var (client, page) = (Assert.Single(await EndingsOfAsync(byClient)), Assert.Single(await EndingsOfAsync(byPage)));
        Assert.Equal(("web", "signed out at the client, in the session's browser"), (client.ClientId, client.Detail));
        Assert.Equal((null, "signed out on the page that asks"), (page.ClientId, page.Detail));
        Assert.Equal((Subject(byClient.Tokens), Subject(byPage.Tokens)), (client.Actor, page.Actor));
    }

    [Fact]
    public async Task A_form_of_the_clients_site_which_brings_no_cookie_is_repeated_with_it()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));
        using var content = new FormUrlEncodedContent(
        [
            new("id_token_hint", login.Tokens.IdToken), new("post_logout_redirect_uri", Back), new("state", "a b&c"), new("audience", "x"),
            new("ui_locales", "de"),
        ]);

        // As a browser sends it: without the cookie, because of SameSite=Lax.
        using var posted = await SendAsync(new(HttpMethod.Post, "/connect/logout") { Content = content });
        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        login.Browser.StopAt = null;
        var page = await login.Browser.GoAsync(new Uri(Issuer.Issuer, posted.Headers.Location!), Ct);

        Assert.Equal($"{Back}?state=a%20b%26c", page.Redirect?.AbsoluteUri);
        await AssertEndedAsync(login);
    }

    [Fact]
    public async Task A_form_too_long_to_be_repeated_leads_to_the_page_that_asks()
    {
        using var content =
            new FormUrlEncodedContent([new("id_token_hint", "x"), new("state", new string('s', 7_000)), new("ui_locales", "de")]);

        using var posted = await SendAsync(new(HttpMethod.Post, "/connect/logout") { Content = content });

        Assert.Equal((HttpStatusCode.SeeOther, "/logout?ui_locales=de"), (posted.StatusCode, $"{posted.Headers.Location}"));
    }

    [Fact]
    public async Task With_the_cookie_a_POST_ends_the_session_too()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));

        var page = await PostLogOutAsync(login.Browser, ("id_token_hint", login.Tokens.IdToken), ("post_logout_redirect_uri", Back));

        Assert.Equal(Back, page.Redirect?.AbsoluteUri);
        await AssertEndedAsync(login);
    }

    [Fact]
    public async Task Without_a_hint_a_page_asks_first_and_returns_nowhere()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));
        (string, string)[][] requests = [[], [("state", "s")], [("client_id", "web"), ("post_logout_redirect_uri", Back), ("state", "s")],
            [("post_logout_redirect_uri", Back)]];

        foreach (var request in requests)
        {
            var asked = await LogOutAsync(login.Browser, request);
            Assert.True(asked.Redirect is null && asked.HasButton("Sign out"), asked.ToString());
        }

        Assert.True((await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct)).IsSuccess);
        var page = await (await LogOutAsync(login.Browser)).PressAsync("Sign out", Ct);
        Assert.True(page.Redirect is null && page.Has("You are signed out"));
        await AssertEndedAsync(login);
    }

    [Fact]
    public async Task A_hint_of_another_persons_session_ends_neither_unasked()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));
        var other = await LogInAsync(Web, ("scope", "openid offline_access"));

        var page = await LogOutAsync(login.Browser, ("id_token_hint", other.Tokens.IdToken), ("post_logout_redirect_uri", Back));

        Assert.True(page.HasButton("Sign out"));
        Assert.True((await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct)).IsSuccess);
        Assert.True((await Web.RefreshAsync(other.Tokens.RefreshToken!, Ct)).IsSuccess);
    }

    [Fact]
    public async Task Signing_out_ends_what_other_clients_got_in_the_session()
    {
        var login = await LogInAsync();
        var web = await Web.LogInAsync(login.Browser, login.Account, Ct);

        await LogOutAsync(login.Browser, ("id_token_hint", web.IdToken));

        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Error);
    }

    [Fact]
    public async Task A_form_of_another_site_signs_nobody_out()
    {
        var login = await LogInAsync();

        using var content = new FormUrlEncodedContent([]);
        var page = await login.Browser.LoadAsync(new(HttpMethod.Post, new Uri(Issuer.Issuer, "/logout")) { Content = content }, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.True((await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct)).IsSuccess);
    }

    private static Task<Page> LogOutAsync(BrowserClient browser, params (string Name, string Value)[] parameters)
    {
        browser.StopAt = null;
        return browser.GoAsync("/connect/logout?" + string.Join('&', parameters.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}")),
            Ct);
    }

    private Task<Page> PostLogOutAsync(BrowserClient browser, params (string Name, string Value)[] parameters)
    {
        browser.StopAt = null;
        var content = new FormUrlEncodedContent(parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)));
        return browser.LoadAsync(new(HttpMethod.Post, new Uri(Issuer.Issuer, "/connect/logout")) { Content = content }, Ct);
    }

    private async Task<List<AuditEvent>> EndingsOfAsync(SignedIn login)
    {
        var session = login.Tokens.Claims.GetProperty("sid").GetString();
        await using var db = Database.CreateContext();
        return await db.AuditEvents.AsNoTracking().Where(row => row.Type == AuditEventType.SessionEnded && row.SessionId == session)
            .ToListAsync(Ct);
    }

    private async Task AssertEndedAsync(SignedIn login)
    {
        Assert.Equal("invalid_grant", (await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Error);
        Assert.Null(login.Browser.Cookies["__Host-kubeidp-session"]);
        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("prompt", "none")), Ct);
        Assert.Equal("login_required", page.RedirectParameters["error"]);
    }
}

public sealed class LogoutOnSqlite(IssuerOnSqlite running) : LogoutTests(running), IClassFixture<IssuerOnSqlite>;

public sealed class LogoutOnPostgres(IssuerOnPostgres running) : LogoutTests(running), IClassFixture<IssuerOnPostgres>;
