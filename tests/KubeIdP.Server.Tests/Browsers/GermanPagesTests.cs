using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>The pages in a browser whose owner reads German: German words are longer, and must fit a telephone all the same.</summary>
public sealed class GermanPagesTests(Chromium chromium)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("KUBEIDP_SCREENSHOTS");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_page_is_wider_than_a_telephone_or_in_another_language()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true, new() { Locale = "de-DE" });
        var page = await context.NewPageAsync();
        using var program = new LoopbackListener();
        var request = issuer.CreateClient(redirectUri: program.Address).AuthorizeUrl();
        var faults = new List<string>();

        await page.GotoAsync(request);
        await FillAsync("Benutzername", account.Username);
        await FillAsync("Passwort", "gewiss nicht das Passwort");
        await PressAsync("Anmelden");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await ExamineAsync("login-refused");
        await FillAsync("Passwort", account.Password);
        await PressAsync("Anmelden");
        await FillAsync("Einrichtungscode", "WRONG-WRONG-WRONG-WRONG");
        await PressAsync("Weiter");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await ExamineAsync("enrol-code-refused");
        await FillAsync("Einrichtungscode", account.EnrolmentCode);
        await PressAsync("Weiter");
        account.SetupKey = (await page.GetByLabel("Einrichtungsschlüssel", new() { Exact = true }).TextContentAsync())!.Trim();
        await ExamineAsync("enrol-app");
        await FillAsync("Bestätigungscode", await account.NextCodeAsync(Ct));
        await PressAsync("Bestätigen");
        await page.GetByRole(AriaRole.Link, new() { Name = "Weiter" }).WaitForAsync();
        await ExamineAsync("enrol-done");
        await page.GetByRole(AriaRole.Link, new() { Name = "Weiter" }).ClickAsync();
        await program.ArrivedAsync(Ct);
        await page.GetByRole(AriaRole.Heading, new() { Name = LoopbackListener.Heading }).WaitForAsync();

        await page.GotoAsync(request);
        await ExamineAsync("continue");
        await page.GotoAsync($"{request}&prompt=consent");
        await ExamineAsync("consent");
        await page.GotoAsync($"{request}&max_age=0");
        await ExamineAsync("step-up");
        foreach (var (name, path) in ((string, string)[])
            [("home", "/"), ("account", "/account"), ("add-authenticator", "/account/add-authenticator"),
                ("recovery-codes", "/account/recovery-codes"), ("not-found", "/nowhere"),
                ("login-expired", "/login?login=0123456789abcdef0123456789abcdef"), ("invitation-dead", "/invitation?token=x"),
                ("sign-out", "/logout")])
        {
            await page.GotoAsync(new Uri(issuer.Issuer, path).ToString());
            await ExamineAsync(name);
        }

        await PressAsync("Abmelden");
        await page.ArriveAtAsync(new Uri(issuer.Issuer, "/signed-out"));
        await ExamineAsync("signed-out");
        await page.GotoAsync(request);
        await FillAsync("Benutzername", account.Username);
        await FillAsync("Passwort", account.Password);
        await PressAsync("Anmelden");
        await FillAsync("Bestätigungscode", "000000");
        await PressAsync("Bestätigen");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await ExamineAsync("factor-refused");
        await page.GetByRole(AriaRole.Link, new() { Name = "Wiederherstellungscode verwenden" }).ClickAsync();
        await ExamineAsync("recovery");

        Assert.Empty(faults);

        Task FillAsync(string label, string text) => page.GetByLabel(label).FillAsync(text);

        Task PressAsync(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();

        async Task ExamineAsync(string name)
        {
            await page.SetViewportSizeAsync(320, 800);
            if (await page.GetAttributeAsync("html", "lang") != "de") faults.Add($"{name}: not in German");
            if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"))
                faults.Add($"{name}: wider than the screen");
            if (Pictures is null) return;

            foreach (var (scheme, width) in ((ColorScheme, int)[])[(ColorScheme.Light, 320), (ColorScheme.Dark, 1280)])
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.SetViewportSizeAsync(width, 800);
                await page.ScreenshotAsync(
                    new() { Path = Path.Combine(Pictures, $"de-{name}-{scheme}-{width}.png".ToLowerInvariant()), FullPage = true });
            }
        }
    }
}
