using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

/// <summary>The pages of second factors, when the first proof in the browser is not one that counts for them.</summary>
public sealed class StaleProofTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    // FirstProof.MaxAge: an older one no longer shows that the person is at the keyboard.
    [Fact]
    public async Task A_first_proof_that_is_too_old_does_not_let_anybody_set_up_a_factor()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync("/account", Ct);
        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        Assert.True(page.HasField("Enrolment code"), page.ToString());

        Clock.Advance(TimeSpan.FromMinutes(16));
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);

        Assert.True(page.HasField("Password"), page.ToString());
    }
}
