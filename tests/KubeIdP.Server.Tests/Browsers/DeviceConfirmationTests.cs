using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// The pages on which the code of another machine is approved, in a real browser: what a key press does there, and that nobody is kept from
/// reading them. Pictures as in <see cref="AccessibilityTests"/>.
/// </summary>
public sealed class DeviceConfirmationTests(Chromium chromium)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Enter_does_not_approve_and_no_page_has_a_serious_or_critical_barrier(bool scripts)
    {
        await using var issuer = new IssuerProcess($$"""
            issuer: https://localhost:{{Ports.Free()}}
            clusters: { prod: { title: Production, deviceCode: { everybody: true } } }
            """);
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct);
        var machine = issuer.CreateClient("prod");
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true, new() { JavaScriptEnabled = scripts });
        var page = await context.NewPageAsync();
        var complaints = Complaints.Of(page);
        var barriers = new Barriers(page);

        await GoAsync("/device");
        await page.SignInFirstAsync(account, Ct);
        await LookAsync("device");
        await TypeAsync("BBBB-BBBB");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await LookAsync("device-wrong");
        var first = (await machine.AskForDeviceAsync(Ct)).Succeeded();
        await GoAsync($"/device?user_code={first.UserCode}");
        await LookAsync("device-link");

        // The code, Enter, and one Enter more, as somebody does who does not read.
        await GoAsync("/device");
        await TypeAsync(first.UserCode);
        await page.GetByRole(AriaRole.Button, new() { Name = DeviceCodes.Yes }).WaitForAsync();
        await LookAsync("device-confirm");
        Assert.Equal(DeviceCodes.No, await page.Locator("button:focus").TextContentAsync());
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAtAsync(new Uri(issuer.Issuer, "/device/denied"));
        await LookAsync("device-denied");
        Assert.Equal("access_denied", (await machine.PollAsync(first, Ct)).Error);

        var second = (await machine.AskForDeviceAsync(Ct)).Succeeded();
        await GoAsync("/device");
        await TypeAsync(second.UserCode);
        await page.GetByRole(AriaRole.Button, new() { Name = DeviceCodes.Yes }).ClickAsync();
        await page.ArriveAtAsync(new Uri(issuer.Issuer, "/device/done"));
        await LookAsync("device-done");
        Assert.True((await machine.PollAsync(second, Ct)).IsSuccess);

        await GoAsync("/account");
        await page.GetByText("device code", new() { Exact = true }).WaitForAsync();
        await LookAsync("device-account");
        await GoAsync("/device/0123456789abcdef");
        await LookAsync("device-over");

        Assert.Empty(barriers.Found);
        Assert.All(complaints, complaint => Assert.Contains("404", complaint, StringComparison.Ordinal));

        Task GoAsync(string path) => page.GotoAsync(new Uri(issuer.Issuer, path).ToString());

        // The examination itself is a script.
        Task LookAsync(string name) => scripts ? barriers.LookAsync(name) : Task.CompletedTask;

        async Task TypeAsync(string code)
        {
            await page.GetByLabel("Code").FillAsync(code);
            await page.Keyboard.PressAsync("Enter");
        }
    }
}
