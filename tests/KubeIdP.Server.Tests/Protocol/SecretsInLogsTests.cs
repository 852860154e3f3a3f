using System.Text.RegularExpressions;
using KubeIdP.Testing.Issuers;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>Somebody who reads the log can't act as anybody, also at the level Trace.</summary>
public sealed class SecretsInLogsTests(SecretsInLogsTests.TraceLoggingIssuer running) : ProtocolTests(running),
    IClassFixture<SecretsInLogsTests.TraceLoggingIssuer>
{
    public sealed class TraceLoggingIssuer : IssuerOnSqlite
    {
        protected override bool LibrariesTalk => true;
    }

    [Fact]
    public async Task No_secret_of_a_login_a_refresh_or_a_failure_is_logged()
    {
        var secrets = new List<string>();
        var account = await AddAccountAsync("platform");
        using var browser = Issuer.CreateBrowser();

        var page = await browser.GoAsync(
            Web.AuthorizeUrl(("scope", "openid offline_access"), ("nonce", "nonce-of-this-login"), ("state", "state-of-this-login")), Ct);
        page = await page.Fill("Username", account.Username).Fill("Password", "a wrong but nearly right password")
            .PressAsync("Sign in", Ct);
        page = await page.Fill("Username", "a password typed as a name").Fill("Password", "a wrong but nearly right password")
            .PressAsync("Sign in", Ct);
        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        Keep();
        page = await page.Fill("Enrolment code", "WRONG-WRONG-WRONG-WRONG").PressAsync("Continue", Ct);
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        Keep();
        account.SetupKey = page.ValueOf("Setup key");
        page = await page.Fill("Authentication code", "918273").PressAsync("Verify", Ct);
        var totp = await account.NextCodeAsync(Ct);
        page = await page.Fill("Authentication code", totp).PressAsync("Verify", Ct);
        account.KeepRecoveryCodes(page);
        page = await page.FollowAsync("Continue", Ct);
        Keep();
        var code = page.RedirectParameters["code"];
        await Web.RedeemAsync(code, Ct, ("code_verifier", "a-wrong-verifier-a-wrong-verifier-a-wrong-verifier"));
        var first = (await Web.RedeemAsync(code, Ct)).Succeeded();
        var second = (await Web.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();
        var third = (await Web.RefreshAsync(second.RefreshToken!, Ct)).Succeeded();
        using var userInfo = await Web.UserInfoAsync(third.AccessToken, Ct);
        using var introspected = await Web.PostAsync("connect/introspect", Ct, ("token", third.AccessToken));
        using var notIntrospected = await Web.PostAsync("connect/introspect", Ct, ("token", third.AccessToken),
            ("client_secret", "a-wrong-client-secret"));
        await browser.GoAsync(Web.AuthorizeUrl(("prompt", "none"), ("id_token_hint", third.IdToken)), Ct);
        await Web.RefreshAsync(first.RefreshToken!, Ct);
        await Web.RefreshAsync("garbage-presented-as-a-refresh-token", Ct);
        await Web.RedeemAsync(code, Ct);
        await Web.RefreshAsync(third.RefreshToken!, Ct, ("client_secret", "a-wrong-client-secret"));
        await Web.PostAsync("connect/revoke", Ct, ("token", third.RefreshToken));
        await browser.GoAsync($"/connect/logout?id_token_hint={third.IdToken}", Ct);

        secrets.AddRange(
            ["a wrong but nearly right password", "a password typed as a name", account.Password, account.EnrolmentCode, account.SetupKey,
                code, Web.Verifier]);
        secrets.AddRange(account.RecoveryCodes);
        secrets.AddRange(
            ["a-wrong-verifier-a-wrong-verifier-a-wrong-verifier", "garbage-presented-as-a-refresh-token", "a-wrong-client-secret",
                InMemoryIssuer.WebSecret]);
        secrets.AddRange(
            new[] { first, second, third }.SelectMany(tokens => new[] { tokens.IdToken, tokens.AccessToken, tokens.RefreshToken! }));
        Assert.Contains(Issuer.Log.Lines, line => line.StartsWith("Trace Microsoft.", StringComparison.Ordinal));
        var spellings = secrets.SelectMany(Spellings).Distinct().ToList();
        Assert.Empty(Issuer.Log.Lines.Where(line => spellings.Exists(secret => line.Contains(secret, StringComparison.OrdinalIgnoreCase)))
            .Select(line => line[..Math.Min(line.Length, 200)]).Distinct().Take(20));

        // Six digits turn up in durations and ids by chance: there they touch other characters.
        foreach (var digits in new[] { totp, "918273" })
            Assert.DoesNotContain(Issuer.Log.Lines, line => Regex.IsMatch(line, $@"(?<![\w.:-]){digits}(?![\w.:-])"));

        void Keep() => secrets.AddRange(browser.Cookies.Cookies.Select(cookie => cookie.Value));
    }

    private static string[] Spellings(string secret) =>
        [secret, Uri.EscapeDataString(secret), secret.Replace(' ', '+'), secret.Replace("-", "", StringComparison.Ordinal),
            secret.Length > 80 ? secret[40..80] : secret];
}
