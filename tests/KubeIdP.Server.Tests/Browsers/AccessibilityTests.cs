using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// Every page that a person sees, light and dark, on a telephone and on a desk.
/// With <c>KUBEIDP_SCREENSHOTS</c> naming a folder a picture of
/// each is written there.
/// </summary>
public sealed class AccessibilityTests(Chromium chromium)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_page_has_a_serious_or_critical_barrier()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        using var program = new LoopbackListener();
        var request = issuer.CreateClient(redirectUri: program.Address).AuthorizeUrl();
        var barriers = new Barriers(page);

        await page.GotoAsync(request);
        await barriers.LookAsync("login");
        await FillAsync("Username", account.Username);
        await FillAsync("Password", "not the password at all");
        await PressAsync("Sign in");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("login-refused");

        await FillAsync("Password", account.Password);
        await PressAsync("Sign in");
        await page.GetByLabel("Enrolment code").WaitForAsync();
        await barriers.LookAsync("enrol-code");
        await FillAsync("Enrolment code", "WRONG-WRONG-WRONG-WRONG");
        await PressAsync("Continue");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("enrol-code-refused");
        await FillAsync("Enrolment code", account.EnrolmentCode);
        await PressAsync("Continue");
        account.SetupKey = (await page.GetByLabel("Setup key", new() { Exact = true }).TextContentAsync())!.Trim();
        await barriers.LookAsync("enrol-app");
        await FillAsync("Authentication code", await account.NextCodeAsync(Ct));
        await PressAsync("Verify");
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).WaitForAsync();
        await barriers.LookAsync("enrol-done");
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
        await program.ArrivedAsync(Ct);
        await page.GetByRole(AriaRole.Heading, new() { Name = LoopbackListener.Heading }).WaitForAsync();

        await page.GotoAsync(request);
        await barriers.LookAsync("continue");
        await page.GotoAsync($"{request}&prompt=consent");
        await barriers.LookAsync("consent");
        await page.GotoAsync($"{request}&max_age=0");
        await barriers.LookAsync("step-up");
        await page.GotoAsync(new Uri(issuer.Issuer, "/logout").ToString());
        await barriers.LookAsync("sign-out");
        await PressAsync("Sign out");
        await page.ArriveAtAsync(new Uri(issuer.Issuer, "/signed-out"));
        await barriers.LookAsync("signed-out");

        await page.GotoAsync(request);
        await FillAsync("Username", account.Username);
        await FillAsync("Password", account.Password);
        await PressAsync("Sign in");
        await page.GetByLabel("Authentication code").WaitForAsync();
        await barriers.LookAsync("factor");
        await FillAsync("Authentication code", "000000");
        await PressAsync("Verify");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("factor-refused");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lost your second factor? Use a recovery code" }).ClickAsync();
        await barriers.LookAsync("recovery");
        await FillAsync("Recovery code", "2222-2222-2222-2222");
        await PressAsync("Verify");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await barriers.LookAsync("recovery-refused");
        await page.GetByRole(AriaRole.Link, new() { Name = "Use your authenticator instead" }).ClickAsync();
        await FillAsync("Authentication code", await account.NextCodeAsync(Ct));
        await PressAsync("Verify");
        await page.GetByRole(AriaRole.Heading, new() { Name = LoopbackListener.Heading }).WaitForAsync();

        var recoveryCode = await ExamineAccountAsync();
        await ExamineWaysOnAsync();

        await page.GotoAsync(request.Replace("client_id=kubernetes", "client_id=nobody", StringComparison.Ordinal));
        await barriers.LookAsync("error");
        await page.GotoAsync(new Uri(issuer.Issuer, "/login?login=0123456789abcdef0123456789abcdef").ToString());
        await barriers.LookAsync("login-expired");
        await page.GotoAsync(new Uri(issuer.Issuer, "/nowhere").ToString());
        await barriers.LookAsync("not-found");

        Assert.Empty(barriers.Found);

        // Pages that lead on by themselves are made to stay: what the driver is asked waits for a navigation that has begun, and one that
        // leads to no page may never be over for it.
        async Task ExamineWaysOnAsync()
        {
            const string Authorize = "**/connect/authorize**";
            await page.RouteAsync(Authorize, async route =>
            {
                var answer = await route.FetchAsync();
                var body = await answer.TextAsync();
                await route.FulfillAsync(new()
                {
                    Response = answer,
                    Body = body.Replace("document.forms[0].submit()", "", StringComparison.Ordinal)
                        .Replace("http-equiv=\"refresh\"", "", StringComparison.Ordinal),
                });
            });
            await page.GotoAsync($"{request}&prompt=none&response_mode=form_post");
            await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).WaitForAsync();
            await barriers.LookAsync("form-post");
            var longState = request.Replace("state=", $"state={new string('"', 1_500)}", StringComparison.Ordinal);
            await page.GotoAsync($"{longState}&prompt=none");
            await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).WaitForAsync();
            await barriers.LookAsync("long-redirect");
            await page.UnrouteAsync(Authorize);

            using (var laptop = issuer.CreateBrowser())
            {
                // No code of an authenticator: a step is good once for both of them, and neither knows what the other has used.
                var own = await account.RecoverAsync(laptop, recoveryCode, Ct);
                await own.PressAsync("End all other sessions", Ct);
            }

            await page.GotoAsync(new Uri(issuer.Issuer, "/account").ToString());
            await page.GetByRole(AriaRole.Status).WaitForAsync();
            await barriers.LookAsync("login-ended");
        }

        // One of the recovery codes that were made on the way.
        async Task<string> ExamineAccountAsync()
        {
            await page.GotoAsync(new Uri(issuer.Issuer, "/").ToString());
            await barriers.LookAsync("home");
            await page.GotoAsync(new Uri(issuer.Issuer, "/account").ToString());
            await barriers.LookAsync("account");
            await page.GetByRole(AriaRole.Link, new() { Name = "Change Authenticator app" }).ClickAsync();
            await barriers.LookAsync("authenticator-last");
            await page.GetByRole(AriaRole.Link, new() { Name = "Add another one" }).ClickAsync();
            await barriers.LookAsync("add-authenticator");
            await FillAsync("Authentication code", "000000");
            await PressAsync("Verify");
            await page.GetByRole(AriaRole.Alert).WaitForAsync();
            await barriers.LookAsync("add-authenticator-refused");
            var tablet = new Account(account.Username, account.Password, "", TimeProvider.System)
            {
                SetupKey = (await page.GetByLabel("Setup key", new() { Exact = true }).TextContentAsync())!.Trim(),
            };
            await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Tablet");
            await FillAsync("Authentication code", await tablet.NextCodeAsync(Ct));
            await PressAsync("Verify");
            await page.GetByRole(AriaRole.Link, new() { Name = "Change Tablet" }).ClickAsync();
            await barriers.LookAsync("authenticator");
            await page.GotoAsync(new Uri(issuer.Issuer, "/account/recovery-codes").ToString());
            await barriers.LookAsync("recovery-codes");
            await PressAsync("Create recovery codes");
            await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).WaitForAsync();
            await barriers.LookAsync("recovery-codes-made");
            var codes = (await page.Locator("pre.codes").TextContentAsync())!;
            var code = codes.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[0];
            await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
            await barriers.LookAsync("account-full");
            await page.GotoAsync(new Uri(issuer.Issuer, "/account/recovery-codes").ToString());
            await barriers.LookAsync("recovery-codes-again");
            return code;
        }

        Task FillAsync(string label, string text) => page.GetByLabel(label).FillAsync(text);

        Task PressAsync(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();
    }
}
