using System.Net;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.DeviceCode;

public sealed class SameNetworkTests(SameNetworkTests.Near running) : DeviceCodeTests(running), IClassFixture<SameNetworkTests.Near>
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("10.1.2.3", "10.9.9.9", true)]
    [InlineData("198.51.100.3", "10.9.9.9", false)]
    public async Task A_code_from_another_network_can_only_be_denied(string machine, string browserAddress, bool allowed)
    {
        var (_, browser) = await SignInAsync(browserAddress);
        var asked = await AskFromAsync(machine);

        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);

        Assert.Equal(allowed, page.HasButton(DeviceCodes.Yes));
        Assert.Equal(!allowed, page.Has("The machine is in another network than this browser, and this server requires the same"));
    }

    [Fact]
    public async Task The_browser_that_approves_must_be_near_too()
    {
        var (account, browser) = await SignInAsync("10.9.9.9");
        var asked = await AskFromAsync("10.1.2.3");
        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);
        using var elsewhere = Issuer.CreateBrowser("198.51.100.3");
        elsewhere.Cookies.TakeFrom(browser.Cookies.Copy());

        var answer = await elsewhere.LoadAsync(await page.FormAsync(DeviceCodes.Yes, Ct), Ct);

        Assert.NotNull(account);
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal("access_denied", (await Kubectl.PollAsync(asked, Ct)).Error);
    }

    public sealed class Near : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings) => WithDeviceCodes(settings) with
        {
            DeviceCode = new() { SameNetwork = true, Networks = ["10.0.0.0/8"] },
        };
    }
}
