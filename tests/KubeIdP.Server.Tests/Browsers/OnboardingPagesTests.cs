using System.Text.RegularExpressions;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// The setup link and an invitation in a real browser, by keyboard alone, in both languages: without barriers, on every width.
/// </summary>
public sealed partial class OnboardingPagesTests(Chromium chromium)
{
    private const string Password = "seven quiet herons";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task The_first_administrator_and_an_invited_colleague_need_a_keyboard_and_nothing_else(string language)
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true, new() { Locale = language });
        var page = await context.NewPageAsync();
        var barriers = new Barriers(page);

        await page.GotoAsync(await File.ReadAllTextAsync(Path.Combine(issuer.DataDirectory, "setup-link"), Ct));
        await LookAsync("setup");
        await page.Locator("#username:focus").WaitForAsync();
        await page.Keyboard.TypeAsync("root");
        await TypeIntoAsync("new-password", "too short");
        await TypeIntoAsync("repeated-password", "too short");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await LookAsync("setup-refused");
        await SetUpAsync("setup");

        await page.GotoAsync(await InviteAsync("alice"));
        await LookAsync("invitation");
        await SetUpAsync("invitation");

        Assert.Empty(barriers.Found);
        Assert.Equal(language, await page.GetAttributeAsync("html", "lang"));

        // From the passwords to the page that says that the account is ready, and on from there.
        async Task SetUpAsync(string name)
        {
            await TypeIntoAsync("new-password", Password);
            await TypeIntoAsync("repeated-password", Password);
            await page.Keyboard.PressAsync("Enter");
            await page.Locator("#setup-key").WaitForAsync();
            await LookAsync($"{name}-factor");
            var app = new Account(name, Password, "",
                TimeProvider.System) { SetupKey = (await page.Locator("#setup-key").TextContentAsync())!.Trim() };
            await TypeIntoAsync("code", "000000");
            await page.Keyboard.PressAsync("Enter");
            await page.GetByRole(AriaRole.Alert).WaitForAsync();
            await TypeIntoAsync("code", await app.NextCodeAsync(Ct));
            await page.Keyboard.PressAsync("Enter");
            await page.Locator("pre.codes").WaitForAsync();
            await LookAsync($"{name}-ready");
            await TabToAsync("document.activeElement.matches('main a.button')");
            await page.Keyboard.PressAsync("Enter");
            await page.ArriveAtAsync(issuer.Issuer);
        }

        async Task TypeIntoAsync(string id, string text)
        {
            await TabToAsync($"document.activeElement.id === '{id}'");
            await page.Keyboard.TypeAsync(text);
        }

        Task TabToAsync(string reached) => page.TabToAsync(reached, most: 30);

        Task LookAsync(string name) => barriers.LookAsync($"{language}-{name}");

        async Task<string> InviteAsync(string username)
        {
            var outcome = await issuer.RunAsync(["people", "add", username, "--invite"], ct: Ct);
            return Link().Match(outcome.Succeeded().Output).Value;
        }
    }

    [GeneratedRegex(@"https://\S+/invitation\?token=\S+")]
    private static partial Regex Link();
}
