using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

/// <summary>Guesses of second factors after a first proof at an upstream, which remembers who has signed in there.</summary>
public sealed class RedirectGuessingTests(RedirectGuessingTests.Server running) : ProtocolTests(running),
    IClassFixture<RedirectGuessingTests.Server>
{
    private const string Link = "Sign in with partner";

    [Fact]
    public async Task After_five_wrong_codes_a_sign_in_that_the_upstream_remembers_is_not_enough()
    {
        var username = $"partner-{Guid.NewGuid():N}"[..20];
        using var first = Issuer.CreateBrowser();
        var page = await SignInAsync(first, username);
        var account = await Issuer.InviteAsync(username, "", Ct);
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = page.ValueOf("Setup key");
        await account.VerifyAsync(page, Ct);

        using var browser = Issuer.CreateBrowser();
        page = await SignInAsync(browser, username);
        for (var wrong = 0; wrong < 5; wrong++)
            page = await page.Fill("Authentication code", "000000").PressAsync("Verify", Ct);
        Assert.True(page.HasField("Password"), page.ToString());
        await page.FollowAsync(Link, Ct);

        Assert.True(running.Partner.Begun.Last().IsFresh);
    }

    private async Task<Page> SignInAsync(BrowserClient browser, string username)
    {
        var away = await (await browser.GoAsync("/account", Ct)).FollowAsync(Link, Ct);
        var known = new UpstreamAnswer.Known(running.Partner.Describe(username));
        return await browser.GoAsync(running.Partner.SignIn(away.Redirect!, known), Ct);
    }

    public sealed class Server : IssuerOnSqlite
    {
        public ScriptedRedirectConnector Partner { get; } = new("partner");

        protected override IReadOnlyList<IConnector> Directories => [Partner];
    }
}
