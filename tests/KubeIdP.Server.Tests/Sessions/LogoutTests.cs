using System.Net;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Sessions;

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
        var page = await LogOutAsync(login.Browser, ("id_token_hint", login.Tokens.IdToken), ("post_logout_redirect_uri", Back), ("state", "a b&c"));

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

        var page = await LogOutAsync(login.Browser, ("id_token_hint", login.Tokens.IdToken), ("post_logout_redirect_uri", address), ("state", "s"));

        Assert.Null(page.Redirect);
    }

    [Fact]
    public async Task A_hint_that_was_changed_ends_nothing()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));
        var parts = login.Tokens.IdToken.Split('.');
        string[] hints = ["garbage", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}x.{parts[2]}", $"eyJhbGciOiJub25lIn0.{parts[1]}.", login.Tokens.AccessToken];

        foreach (var hint in hints)
        {
            var page = await LogOutAsync(login.Browser, ("id_token_hint", hint), ("post_logout_redirect_uri", Back), ("state", "s"));
            Assert.Null(page.Redirect);
        }

        Assert.True((await Web.RefreshAsync(login.Tokens.RefreshToken!, Ct)).IsSuccess);
    }

    [Fact]
    public async Task Without_a_hint_a_page_asks_first_and_returns_nowhere()
    {
        var login = await LogInAsync(Web, ("scope", "openid offline_access"));
        (string, string)[][] requests = [[], [("state", "s")], [("client_id", "web"), ("post_logout_redirect_uri", Back), ("state", "s")], [("post_logout_redirect_uri", Back)]];

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
        return browser.GoAsync("/connect/logout?" + string.Join('&', parameters.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}")), Ct);
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
