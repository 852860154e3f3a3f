using Xunit;

namespace KubeIdP.Server.Tests.Api;

/// <summary>A second factor that a person proves in the browser, and the tokens that were issued before.</summary>
public sealed class RaisedGrantTests(ClassIssuer shared) : ApiTests(shared, postgres: false)
{
    // Whoever has a stolen refresh token must not become an administrator each time that its owner proves a factor for something else.
    [Fact]
    public async Task A_grant_from_before_is_not_fresh_for_the_API_because_the_browser_proved_a_factor_for_a_page()
    {
        var account = await Running.AddAccountAsync("root", Ct, "admins");
        using var browser = Running.CreateBrowser("203.0.113.5");
        using var client = Running.CreateClient("admin-cli");
        var stolen = await client.LogInAsync(browser, account, Ct, ("scope", "openid admin offline_access"));
        browser.StopAt = null;
        Running.Clock.Advance(TimeSpan.FromMinutes(16));
        var late = (await client.RefreshAsync(stolen.RefreshToken!, Ct)).Succeeded();
        Assert.Equal(401, (await GetAsync(late.AccessToken, "/people")).Status);

        await account.VerifyAsync(await browser.GoAsync("/account/recovery-codes", Ct), Ct);
        var again = (await client.RefreshAsync(late.RefreshToken!, Ct)).Succeeded();

        Assert.Equal(401, (await GetAsync(again.AccessToken, "/people")).Status);
    }
}
