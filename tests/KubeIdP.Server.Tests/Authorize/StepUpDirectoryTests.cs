using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>A second factor alone is not enough for somebody whom the directory no longer lets in.</summary>
public sealed class StepUpDirectoryTests(CorpOnSqlite running) : DirectoryTests(running, running.Corp), IClassFixture<CorpOnSqlite>
{
    [Fact]
    public async Task The_session_of_a_person_whom_the_directory_refuses_by_now_is_not_raised_for_the_pages_of_this_server()
    {
        var username = $"person-{Guid.NewGuid():N}"[..20];
        var upstreamId = Corp.Add(username, Password, "platform");
        var account = await Issuer.InviteAsync(username, Password, Ct);
        using var browser = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(browser, account, Ct);
        browser.StopAt = null;
        Corp.Set(upstreamId, new UpstreamAnswer.Refused(Refusal.Disabled));
        Later(16 * 60);

        var page = await browser.GoAsync("/account/recovery-codes", Ct);
        if (page.HasField("Authentication code")) page = await account.VerifyAsync(page, Ct);

        Assert.True(page.HasField("Password"), page.ToString());
    }
}
