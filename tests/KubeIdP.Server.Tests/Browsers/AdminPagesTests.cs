using Deque.AxeCore.Playwright;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>The administration in a real browser: without barriers, on every width, by keyboard alone. Pictures as in <see cref="AccessibilityTests"/>.</summary>
public sealed class AdminPagesTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("KUBEIDP_SCREENSHOTS");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_page_of_the_administration_has_a_serious_or_critical_barrier()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\nclients:\n  prod:\n    name: Production\n");
        await issuer.StartAsync(Ct);
        var alice = await issuer.AddAccountAsync("alice", Ct, "platform", "dev");
        using (var laptop = issuer.CreateBrowser())
        {
            laptop.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0");
            await issuer.CreateClient("prod").LogInAsync(laptop, alice, Ct);
        }

        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        var barriers = new List<string>();
        await SignInAsync(page, issuer);

        await ExamineAsync("admin-sessions");
        await page.GetByRole(AriaRole.Link, new() { Name = "alice" }).ClickAsync();
        await ExamineAsync("admin-session");
        await page.GetByLabel("Reason").FillAsync(" ");
        await page.GetByRole(AriaRole.Button, new() { Name = "End this session" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await ExamineAsync("admin-session-no-reason");
        await page.GetByLabel("Reason").FillAsync("laptop stolen");
        await page.GetByRole(AriaRole.Button, new() { Name = "End this session" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "It is over" }).WaitForAsync();
        await ExamineAsync("admin-session-over");

        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people").ToString());
        await ExamineAsync("admin-people");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people?search=nobody-is-called-this").ToString());
        await ExamineAsync("admin-people-none");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people/add").ToString());
        await ExamineAsync("admin-add");
        await page.GetByLabel("Username").FillAsync("alice");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await ExamineAsync("admin-add-refused");
        await page.GetByLabel("Username").FillAsync("bob");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await page.GetByLabel("To be handed over").WaitForAsync();
        await ExamineAsync("admin-added");

        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people/enrol").ToString());
        await page.GetByLabel("User names").FillAsync("bob\nnobody");
        await page.GetByLabel("Reason").FillAsync("roll-out");
        await ExamineAsync("admin-enrol");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make codes", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await ExamineAsync("admin-enrol-done");

        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people").ToString());
        await page.GetByRole(AriaRole.Link, new() { Name = "alice" }).ClickAsync();
        await ExamineAsync("admin-person");
        await page.GetByRole(AriaRole.Link, new() { Name = "Set groups" }).ClickAsync();
        await ExamineAsync("admin-groups");
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Reset second factors" }).ClickAsync();
        await ExamineAsync("admin-reset");
        await page.GetByLabel("Reason").FillAsync("lost telephone");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reset second factors" }).ClickAsync();
        await page.GetByLabel("To be handed over").WaitForAsync();
        await ExamineAsync("admin-reset-done");

        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/audit").ToString());
        await ExamineAsync("admin-audit");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people/nobody").ToString());
        await ExamineAsync("admin-not-there");
        await page.GotoAsync(new Uri(issuer.Issuer, "/account/password").ToString());
        await ExamineAsync("account-password");
        await page.GotoAsync(new Uri(issuer.Issuer, "/").ToString());
        await ExamineAsync("home-signed-in");

        Assert.Empty(barriers);

        async Task ExamineAsync(string name)
        {
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                foreach (var width in (int[])[320, 1280])
                {
                    var looks = $"{name}-{scheme}-{width}".ToLowerInvariant();
                    await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                    await page.SetViewportSizeAsync(width, 800);
                    barriers.AddRange((await page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical")
                        .Select(violation => $"{looks}: {violation.Id} at {string.Join(", ", violation.Nodes.Select(node => node.Html))}"));
                    if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth")) barriers.Add($"{looks}: wider than the screen");
                    if (Pictures is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{looks}.png"), FullPage = true });
                }
            }
        }
    }

    [Fact]
    public async Task A_session_is_ended_by_keyboard_alone()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        var alice = await issuer.AddAccountAsync("alice", Ct);
        using var laptop = issuer.CreateBrowser();
        await issuer.CreateClient().LogInAsync(laptop, alice, Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        await SignInAsync(page, issuer);

        await TabToAsync(page, "alice");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "End this session" }).WaitForAsync();
        await TabToAsync(page, "reason");
        await page.Keyboard.TypeAsync("laptop stolen");
        await page.Keyboard.PressAsync("Enter");

        await page.GetByRole(AriaRole.Heading, new() { Name = "It is over" }).WaitForAsync();
        Assert.True((await laptop.GoAsync("/account", Ct)).HasField("Password"));
    }

    private static async Task SignInAsync(IPage page, IssuerProcess issuer)
    {
        var root = await issuer.AddAccountAsync("root", Ct, "admins");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin").ToString());
        await page.GetByLabel("Username").FillAsync(root.Username);
        await page.GetByLabel("Password").FillAsync(root.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByLabel("Enrolment code").FillAsync(root.EnrolmentCode);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        root.SetupKey = (await page.GetByLabel("Setup key", new() { Exact = true }).TextContentAsync())!.Trim();
        await page.GetByLabel("Authentication code").FillAsync(await root.NextCodeAsync(Ct));
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Who is signed in" }).WaitForAsync();
    }

    /// <summary>Presses Tab until the element of this text or id has the focus.</summary>
    private static async Task TabToAsync(IPage page, string wanted)
    {
        for (var i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("wanted => document.activeElement.id === wanted || document.activeElement.textContent.trim() === wanted", wanted)) return;
        }

        Assert.Fail($"{wanted} can't be reached by keyboard.");
    }
}
