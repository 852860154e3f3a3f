using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Time;
using OtpNet;

namespace KubeIdP.Testing.Protocol;

/// <summary>Somebody with a password, an enrolment code, and soon an authenticator app.</summary>
public sealed class Account(string username, string password, string enrolmentCode, TimeProvider clock)
{
    private long lastStep;

    public string Username => username;

    public string Password => password;

    public string EnrolmentCode => enrolmentCode;

    /// <summary>What the person chooses where the login page asks for it.</summary>
    public string Directory { get; init; } = "Local accounts";

    /// <summary>The secret in the app; null until the person has enrolled.</summary>
    public string? SetupKey { get; set; }

    /// <summary>What the page showed that came after the first authenticator; empty until then.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    /// <summary>
    /// Goes to a client's authorization request and through whatever pages come: password, enrolment when it is the first time, second
    /// factor, or only the question whether to continue. Where it ended: a redirect to the client, or a page that stopped it.
    /// </summary>
    public async Task<Page> SignInAsync(BrowserClient browser, Uri request, CancellationToken ct)
    {
        var page = await browser.GoAsync(request, ct);
        if (page.HasField("Your account is in")) page.Fill("Your account is in", Directory);
        if (page.HasField("Password"))
            page = await page.Fill("Username", Username).Fill("Password", Password).PressAsync("Sign in", ct);
        if (page.HasField("Enrolment code"))
            page = await page.Fill("Enrolment code", EnrolmentCode).PressAsync("Continue", ct);
        if (page.Redirect is null && page.HasField("Authentication code"))
        {
            if (page.Has("Setup key")) SetupKey = page.ValueOf("Setup key");
            page = await VerifyAsync(page, ct);
        }

        return page.Redirect is null && page.HasButton("Continue") ? await page.PressAsync("Continue", ct) : page;
    }

    /// <summary>Types what the app shows, and goes past the recovery codes where it was the first time.</summary>
    public async Task<Page> VerifyAsync(Page page, CancellationToken ct)
    {
        page = await page.Fill("Authentication code", await NextCodeAsync(ct)).PressAsync("Verify", ct);
        if (page.Redirect is not null || !page.Has("Save your recovery codes")) return page;

        KeepRecoveryCodes(page);
        return await page.FollowAsync("Continue", ct);
    }

    /// <summary>Signs in to the account's page with the password and a recovery code.</summary>
    public async Task<Page> RecoverAsync(BrowserClient browser, string code, CancellationToken ct)
    {
        var page = await browser.GoAsync("/account", ct);
        page = await page.Fill("Username", Username).Fill("Password", Password).PressAsync("Sign in", ct);
        page = await page.FollowAsync("Lost your second factor? Use a recovery code", ct);
        return await page.Fill("Recovery code", code).PressAsync("Verify", ct);
    }

    /// <summary>Writes down the recovery codes that a page shows.</summary>
    public void KeepRecoveryCodes(Page page) =>
        RecoveryCodes = page.Document.QuerySelector("pre.codes")!.TextContent.Split('\n', StringSplitOptions.TrimEntries);

    /// <summary>
    /// The next code that the server may accept. A step is good once, so after a use it is the step ahead, which the server accepts too;
    /// when that one is used up as well, a clock of the test's own is turned to the next step, and the real one is waited for.
    /// </summary>
    public async Task<string> NextCodeAsync(CancellationToken ct)
    {
        while (StepNow + 1 <= lastStep)
        {
            var left = DateTimeOffset.FromUnixTimeSeconds(lastStep * 30) - clock.GetUtcNow();
            if (clock is FakeClock turned) turned.Advance(left);
            else await Task.Delay(left, ct);
        }

        lastStep = Math.Max(StepNow, lastStep + 1);
        return CodeOf(lastStep);
    }

    public string CodeOf(long step) =>
        new Totp(Base32Encoding.ToBytes(SetupKey)).ComputeTotp(DateTimeOffset.FromUnixTimeSeconds(step * 30).UtcDateTime);

    public long StepNow => clock.GetUtcNow().ToUnixTimeSeconds() / 30;
}
