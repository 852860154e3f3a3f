using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Mail;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// The administration in a real browser: without barriers, on every width, by keyboard alone. Pictures as in <see
/// cref="AccessibilityTests"/>.
/// </summary>
public sealed class AdminPagesTests(Chromium chromium)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_page_of_the_administration_has_a_serious_or_critical_barrier()
    {
        await using var post = new MailServer(speaksTls: false);
        await using var issuer = new IssuerProcess($$"""
            issuer: https://localhost:{{Ports.Free()}}
            clusters: { prod: { title: Production, deviceCode: { everybody: true } } }
            smtp: { server: "smtp://localhost:{{post.Port}}", from: idp@example.com }
            """);
        await issuer.StartAsync(Ct);
        var alice = await issuer.AddAccountAsync("alice", Ct, "platform", "dev");
        using (var laptop = issuer.CreateBrowser())
        {
            laptop.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0");
            await issuer.CreateClient("prod").LogInAsync(laptop, alice, Ct);
        }

        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        var barriers = new Barriers(page);
        await SignInAsync(page, issuer);

        await barriers.LookAsync("admin-sessions");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/sessions?person=alice").ToString());
        await page.GetByRole(AriaRole.Link, new() { Name = "End all of these sessions" }).ClickAsync();
        await barriers.LookAsync("admin-end-many");
        await page.GetByLabel("Number of sessions").FillAsync("77");
        await page.GetByLabel("Reason").FillAsync("a stolen bag");
        await page.GetByRole(AriaRole.Button, new() { Name = "End all" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("admin-end-many-wrong");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/sessions/end").ToString());
        await barriers.LookAsync("admin-end-everybodys");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/sessions").ToString());
        await page.GetByRole(AriaRole.Link, new() { Name = "alice" }).ClickAsync();
        await barriers.LookAsync("admin-session");
        await page.GetByLabel("Reason").FillAsync(" ");
        await page.GetByRole(AriaRole.Button, new() { Name = "End this session" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("admin-session-no-reason");
        await page.GetByLabel("Reason").FillAsync("laptop stolen");
        await page.GetByRole(AriaRole.Button, new() { Name = "End this session" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Session ended" }).WaitForAsync();
        await barriers.LookAsync("admin-session-over");

        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/device-codes").ToString());
        await barriers.LookAsync("admin-device-codes-none");
        var machine = issuer.CreateClient("prod");
        await machine.AskForDeviceAsync(Ct);
        var opened = (await machine.AskForDeviceAsync(Ct)).Succeeded();
        using (var desk = issuer.CreateBrowser())
        {
            await alice.OpenDevicePageAsync(desk, Ct);
            await desk.TypeCodeAsync(opened.UserCode, Ct);
        }

        await page.ReloadAsync();
        await barriers.LookAsync("admin-device-codes");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Machine at" }).First.ClickAsync();
        await page.GetByText("alice").WaitForAsync();
        await barriers.LookAsync("admin-device-code");
        await page.GetByLabel("Reason").FillAsync("somebody sends codes to people");
        await page.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();
        await page.GetByText("denied by an administrator").WaitForAsync();
        await barriers.LookAsync("admin-device-code-denied");

        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people").ToString());
        await barriers.LookAsync("admin-people");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people?search=nobody-is-called-this").ToString());
        await barriers.LookAsync("admin-people-none");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people/add").ToString());
        await barriers.LookAsync("admin-add");
        await page.GetByLabel("Username").FillAsync("alice");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("admin-add-refused");
        await page.GetByLabel("Username").FillAsync("bob");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await page.GetByLabel("To hand over").WaitForAsync();
        await barriers.LookAsync("admin-added");

        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people/enrol").ToString());
        await page.GetByLabel("User names").FillAsync("bob\nnobody");
        await page.GetByLabel("Reason").FillAsync("roll-out");
        await barriers.LookAsync("admin-enrol");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create codes", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("admin-enrol-done");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people/add").ToString());
        await page.GetByLabel("Username").FillAsync("carol");
        await page.GetByLabel("Email address").FillAsync("carol@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await page.GetByLabel("To hand over").WaitForAsync();
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people/enrol").ToString());
        await page.GetByLabel("User names").FillAsync("bob\ncarol");
        await page.GetByLabel("Reason").FillAsync("roll-out");
        await page.GetByRole(AriaRole.Button, new() { Name = "Email the codes" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("admin-enrol-mailed");
        Assert.Single(post.Messages);

        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people").ToString());
        await page.GetByRole(AriaRole.Link, new() { Name = "alice" }).ClickAsync();
        await barriers.LookAsync("admin-person");
        await page.GetByRole(AriaRole.Link, new() { Name = "Set groups" }).ClickAsync();
        await barriers.LookAsync("admin-groups");
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Set display name" }).ClickAsync();
        await barriers.LookAsync("admin-display-name");
        await page.GetByLabel("Display name").FillAsync("Alice Ng");
        await page.GetByLabel("Reason").FillAsync(" ");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set display name" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("admin-display-name-no-reason");
        await page.GetByLabel("Display name").FillAsync("Alice\u202e Ng");
        await page.GetByLabel("Reason").FillAsync("married");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set display name" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "This text can’t be used" }).WaitForAsync();
        await barriers.LookAsync("text-refused");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/audit?from=yesterday").ToString());
        await page.GetByRole(AriaRole.Heading, new() { Name = "This value can’t be used" }).WaitForAsync();
        await barriers.LookAsync("value-refused");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people").ToString());
        await page.GetByRole(AriaRole.Link, new() { Name = "alice" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Reset second factors" }).ClickAsync();
        await barriers.LookAsync("admin-reset");
        await page.GetByLabel("Reason").FillAsync("lost telephone");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reset second factors" }).ClickAsync();
        await page.GetByLabel("To hand over").WaitForAsync();
        await barriers.LookAsync("admin-reset-done");

        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/audit").ToString());
        await barriers.LookAsync("admin-audit");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/reports").ToString());
        await barriers.LookAsync("admin-reports");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/reports/clients").ToString());
        await barriers.LookAsync("admin-reports-clients");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin/people/nobody").ToString());
        await barriers.LookAsync("admin-not-there");
        await page.GotoAsync(new Uri(issuer.Issuer, "/account/password").ToString());
        await barriers.LookAsync("account-password");
        await page.GotoAsync(new Uri(issuer.Issuer, "/").ToString());
        await barriers.LookAsync("home-signed-in");

        Assert.Empty(barriers.Found);
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

        await page.GetByRole(AriaRole.Heading, new() { Name = "Session ended" }).WaitForAsync();
        Assert.True((await laptop.GoAsync("/account", Ct)).HasField("Password"));
    }

    private static async Task SignInAsync(IPage page, IssuerProcess issuer)
    {
        var root = await issuer.AddAccountAsync("root", Ct, "admins");
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin").ToString());
        await page.SignInFirstAsync(root, Ct);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Who is signed in" }).WaitForAsync();
    }

    /// <summary>Presses Tab until the element of this text or id has the focus.</summary>
    private static Task TabToAsync(IPage page, string wanted) =>
        page.TabToAsync($"document.activeElement.id === '{wanted}' || document.activeElement.textContent.trim() === '{wanted}'", most: 60);
}
