using Duende.IdentityModel.OidcClient;
using Duende.IdentityModel.OidcClient.Browser;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.RelyingParties;

/// <summary>
/// A certified library as a native client against the real server: it finds mistakes that server and tests have in common.
/// </summary>
public sealed class OidcClientTests
{
    private const string RedirectUri = "http://localhost:8000/callback";
    private const string SignedOutUri = "http://localhost:8000/signed-out";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OidcClient_logs_in_refreshes_asks_who_it_is_and_logs_out()
    {
        await using var issuer = new IssuerProcess($"""
            issuer: https://localhost:{Ports.Free()}
            clients:
              desktop:
                kind: native
                redirectUris: ["{RedirectUri}"]
                postLogoutRedirectUris: ["{SignedOutUri}"]
            """);
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct, "platform");
        using var browser = issuer.CreateBrowser();
        var client = new OidcClient(new OidcClientOptions
        {
            Authority = issuer.Issuer.GetLeftPart(UriPartial.Authority),
            ClientId = "desktop",
            Scope = "openid profile email groups offline_access",
            RedirectUri = RedirectUri,
            PostLogoutRedirectUri = SignedOutUri,
            Browser = new PersonAtBrowser(browser, account),
            BackchannelHandler = issuer.CreateHandler(),
            RefreshTokenInnerHttpHandler = issuer.CreateHandler(),
            DisablePushedAuthorization = true,
        });

        var login = await client.LoginAsync(new LoginRequest(), Ct);
        Assert.False(login.IsError, $"{login.Error}: {login.ErrorDescription}");
        var refreshed = await client.RefreshTokenAsync(login.RefreshToken, cancellationToken: Ct);
        Assert.False(refreshed.IsError, $"{refreshed.Error}: {refreshed.ErrorDescription}");
        var userInfo = await client.GetUserInfoAsync(refreshed.AccessToken, Ct);
        var logout = await client.LogoutAsync(new LogoutRequest { IdTokenHint = refreshed.IdentityToken }, Ct);
        var late = await client.RefreshTokenAsync(refreshed.RefreshToken, cancellationToken: Ct);

        Assert.Equal("alice", login.User.FindFirst("preferred_username")?.Value);
        Assert.Equal("platform", login.User.FindFirst("groups")?.Value);
        Assert.NotEqual(login.RefreshToken, refreshed.RefreshToken);
        Assert.False(userInfo.IsError, userInfo.Error);
        Assert.Contains(userInfo.Claims, claim => claim is { Type: "email", Value: "alice@example.com" });
        Assert.False(logout.IsError, logout.Error);
        Assert.StartsWith(SignedOutUri, logout.Response, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", late.Error);
    }

    private sealed class PersonAtBrowser(BrowserClient browser, Account account) : IBrowser
    {
        public async Task<BrowserResult> InvokeAsync(BrowserOptions options, CancellationToken cancellationToken = default)
        {
            browser.StopAt = url => url.ToString().StartsWith(options.EndUrl, StringComparison.Ordinal);
            var page = await account.SignInAsync(browser, new Uri(options.StartUrl), cancellationToken);
            return page.Redirect is { } redirect
                ? new BrowserResult { ResultType = BrowserResultType.Success, Response = redirect.AbsoluteUri }
                : new BrowserResult { ResultType = BrowserResultType.UnknownError, Error = page.ToString() };
        }
    }
}
