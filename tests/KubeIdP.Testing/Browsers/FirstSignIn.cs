using KubeIdP.Testing.Protocol;
using Microsoft.Playwright;

namespace KubeIdP.Testing.Browsers;

/// <summary>The way of somebody who signs in for the first time, in a real browser that shows English.</summary>
public static class FirstSignIn
{
    /// <summary>From the page that asks for the password, over the enrolment of an authenticator, to where the login leads.</summary>
    public static async Task SignInFirstAsync(this IPage page, Account account, CancellationToken ct)
    {
        await page.GetByLabel("Username").FillAsync(account.Username);
        await page.GetByLabel("Password").FillAsync(account.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByLabel("Enrolment code").FillAsync(account.EnrolmentCode);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        account.SetupKey = (await page.GetByLabel("Setup key", new() { Exact = true }).TextContentAsync())!.Trim();
        await page.GetByLabel("Authentication code").FillAsync(await account.NextCodeAsync(ct));
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
    }
}
