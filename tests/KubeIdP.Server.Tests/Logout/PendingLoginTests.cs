using KubeIdP.Server.Tests.Authorize;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Issuers;
using Xunit;

namespace KubeIdP.Server.Tests.Logout;

/// <summary>Logins that have begun in a browser and are not complete when its person signs out.</summary>
public sealed class PendingLoginTests(SqliteConsentTests.Server running) : ProtocolTests(running), IClassFixture<SqliteConsentTests.Server>
{
    [Fact]
    public async Task A_login_that_waits_for_consent_alone_does_not_sign_anybody_in_after_signing_out()
    {
        var login = await LogInAsync(Web);
        using var browser = login.Browser;
        browser.StopAt = null;
        using var wiki = Issuer.CreateClient("wiki", "https://wiki.example.test/callback", InMemoryIssuer.WebSecret);
        var page = await browser.GoAsync(wiki.AuthorizeUrl(("prompt", "login")), Ct);
        page = await page.Fill("Username", login.Account.Username).Fill("Password", login.Account.Password).PressAsync("Sign in", Ct);
        page = await login.Account.VerifyAsync(page, Ct);
        Assert.True(page.HasButton("Don’t share"), page.ToString());

        await (await browser.GoAsync("/logout", Ct)).PressAsync("Sign out", Ct);
        page = await page.PressAsync("Continue", Ct);

        Assert.False(page.Redirect is not null && page.RedirectParameters.ContainsKey("code"), page.ToString());
    }
}
