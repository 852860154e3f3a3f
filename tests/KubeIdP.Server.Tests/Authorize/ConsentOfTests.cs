using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>Whom the question for consent names, when a proof of somebody else is still in the browser.</summary>
public sealed class ConsentOfTests(SqliteConsentTests.Server running) : ProtocolTests(running), IClassFixture<SqliteConsentTests.Server>
{
    [Fact]
    public async Task The_page_names_the_person_of_whom_the_client_will_learn()
    {
        var (session, other) = (await LogInAsync(Web), await LogInAsync(Web));
        using var browser = session.Browser;
        browser.StopAt = null;
        using var wiki = Issuer.CreateClient("wiki", "https://wiki.example.test/callback", InMemoryIssuer.WebSecret);
        var page = await browser.GoAsync(wiki.AuthorizeUrl(), Ct);
        var address = page.Url.ToString();
        page = await browser.GoAsync(address.Replace("/consent?", "/login?", StringComparison.Ordinal) + "&again=1", Ct);
        page = await page.Fill("Username", other.Account.Username).Fill("Password", other.Account.Password).PressAsync("Sign in", Ct);
        page = await other.Account.VerifyAsync(page, Ct);
        Assert.True(page.Has(other.Account.Username), page.ToString());

        Clock.Advance(TimeSpan.FromMinutes(16));
        page = await browser.GoAsync(address, Ct);
        Assert.True(page.Has(session.Account.Username), page.ToString());
        page = await page.PressAsync("Continue", Ct);

        Assert.Equal(Subject(session.Tokens),
            Subject((await wiki.RedeemAsync(RelyingParty.CodeOf(page), Ct)).Succeeded()));
    }
}
