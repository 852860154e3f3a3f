using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Tests.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

/// <summary>Whose accounts an upstream can vouch for: its own, whatever its connector says.</summary>
public sealed class RedirectIdentityTests(RedirectGuessingTests.Server running) : ProtocolTests(running),
    IClassFixture<RedirectGuessingTests.Server>
{
    [Fact]
    public async Task An_upstream_does_not_vouch_for_an_account_of_another()
    {
        var victim = await AddAccountAsync();
        string upstreamId;
        await using (var db = Database.CreateContext())
        {
            upstreamId = await db.People.Where(person => person.UserName == victim.Username).Select(person => person.UpstreamId)
                .SingleAsync(Ct);
        }

        using var browser = Issuer.CreateBrowser();
        var away = await (await browser.GoAsync("/account", Ct)).FollowAsync("Sign in with partner", Ct);
        var answer = new UpstreamAnswer.Known(
            new UpstreamIdentity(ConnectorId.Local, upstreamId, victim.Username, null, null, false, []));
        var page = await browser.GoAsync(running.Partner.SignIn(away.Redirect!, answer), Ct);

        Assert.False(page.HasField("Enrolment code"), page.ToString());
    }
}
