using System.Net;
using System.Text.RegularExpressions;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Factors.RecoveryCodes;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.SelfService;

public abstract partial class RecoveryCodeTests(ClassIssuer shared, bool postgres) : IssuerTests(shared, postgres)
{
    [Fact]
    public async Task Ten_codes_of_eighty_bits_are_shown_once_and_stored_as_hashes()
    {
        var codes = await MakeCodesAsync();

        Assert.Equal(10, codes.Distinct().Count());
        var again = await VisitAsync(AliceBrowser, Alice, "/account/recovery-codes");
        Assert.DoesNotContain(codes, again.Has);
        await using var db = Database.CreateContext();
        Assert.All(await db.RecoveryCodes.ToListAsync(Ct), row => Assert.Equal((32, null), (row.Hash.Length, row.UsedAt)));
        Assert.Single(await AuditAsync(AuditEventType.RecoveryCodesMade));
        AssertNotLogged(codes);
    }

    [Fact]
    public async Task The_first_authenticator_brings_ten_codes_which_are_there_again_when_their_page_is_loaded_anew()
    {
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        using var browser = Issuer.CreateBrowser();
        var page = await (await TypePasswordAsync(browser, bob)).Fill("Enrolment code", bob.EnrolmentCode).PressAsync("Continue", Ct);
        bob.SetupKey = page.ValueOf("Setup key");
        page.Fill("Authentication code", await bob.NextCodeAsync(Ct));
        var shown = await page.PressAsync("Verify", Ct);
        bob.KeepRecoveryCodes(shown);

        var anew = await browser.GoAsync(shown.Url, Ct);
        var on = await anew.FollowAsync("Continue", Ct);
        using var other = Issuer.CreateBrowser();
        var recovered = await bob.RecoverAsync(other, bob.RecoveryCodes[0], Ct);

        Assert.All(bob.RecoveryCodes, code => Assert.True(anew.Has(code)));
        Assert.Equal("/account", on.Url.AbsolutePath);
        Assert.Equal(10, bob.RecoveryCodes.Distinct().Count());
        Assert.True(recovered.Has("You have 9 recovery codes left"), recovered.ToString());
        AssertNotLogged(bob.RecoveryCodes);
    }

    [Fact]
    public async Task A_code_signs_in_once_and_says_that_a_one_time_password_was_proven()
    {
        var codes = await MakeCodesAsync();

        using var browser = Issuer.CreateBrowser();
        var account = await RecoverAsync(browser, codes[0].ToLowerInvariant().Replace('-', ' '));
        using var other = Issuer.CreateBrowser();
        var again = await RecoverAsync(other, codes[0]);

        Assert.Equal("/account", account.Url.AbsolutePath);
        Assert.True(account.Has("You have 9 recovery codes left"), account.ToString());
        Assert.True(again.Has("This code was not accepted."), again.ToString());
        await using var db = Database.CreateContext();
        Assert.Equal("pwd otp mfa", (await db.Sessions.OrderByDescending(session => session.Id).FirstAsync(Ct)).Amr);
        Assert.Equal("9 left", Assert.Single(await AuditAsync(AuditEventType.RecoveryCodeUsed)).Detail);
        AssertNotLogged(codes);
    }

    [Fact]
    public async Task Of_parallel_uses_of_one_code_one_succeeds()
    {
        var codes = await MakeCodesAsync();
        var pages = new List<Page>();
        for (var i = 0; i < 5; i++)
            pages.Add(await (await TypePasswordAsync(Issuer.CreateBrowser(), Alice))
                .FollowAsync("Lost your second factor? Use a recovery code", Ct));

        var answers =
            await Task.WhenAll(pages.Select(page => Task.Run(() => page.Fill("Recovery code", codes[0]).PressAsync("Verify", Ct))));

        Assert.Single(answers, answer => answer.Url.AbsolutePath == "/account");
        Assert.Single(await AuditAsync(AuditEventType.RecoveryCodeUsed));
    }

    [Fact]
    public async Task A_new_set_kills_the_old_one()
    {
        var old = await MakeCodesAsync();
        var present = await MakeCodesAsync();

        using var browser = Issuer.CreateBrowser();
        var refused = await RecoverAsync(browser, old[3]);
        var accepted = await refused.Fill("Recovery code", present[3]).PressAsync("Verify", Ct);

        Assert.True(refused.Has("This code was not accepted."), refused.ToString());
        Assert.Equal("/account", accepted.Url.AbsolutePath);
    }

    [Fact]
    public async Task Guesses_are_counted_with_those_at_the_authenticator()
    {
        var codes = await MakeCodesAsync();
        using var browser = Issuer.CreateBrowser();
        var page = await TypePasswordAsync(browser, Alice);
        for (var i = 0; i < 2; i++)
            page = await page.Fill("Authentication code", "000000").PressAsync("Verify", Ct);
        page = await page.FollowAsync("Lost your second factor? Use a recovery code", Ct);
        for (var i = 0; i < 3; i++)
            page = await page.Fill("Recovery code", "2222-2222-2222-2222").PressAsync("Verify", Ct);

        // The fifth wrong try: now even a right code is not looked at before the password is typed again.
        Assert.True(page.HasField("Password"), page.ToString());
        Assert.Equal(5, (await AuditAsync(AuditEventType.FactorRefused)).Count);
        AssertNotLogged(codes);
    }

    [Fact]
    public async Task Codes_are_made_only_soon_after_a_factor_was_proven()
    {
        Issuer.Clock.Advance(TimeSpan.FromMinutes(16));

        var page = await AliceBrowser.GoAsync("/account/recovery-codes", Ct);

        Assert.True(page.HasField("Authentication code"), page.ToString());
        Assert.Equal("/account/recovery-codes", (await VisitAsync(AliceBrowser, Alice, "/account/recovery-codes")).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_form_from_before_does_nothing_once_the_proof_is_stale()
    {
        var form = await VisitAsync(AliceBrowser, Alice, "/account/recovery-codes");
        Issuer.Clock.Advance(TimeSpan.FromMinutes(16));

        var answer = await form.PressAsync("Create recovery codes", Ct);

        Assert.True(answer.HasField("Authentication code"), answer.ToString());
        await using var db = Database.CreateContext();
        Assert.Equal(Alice.RecoveryCodes.Select(RecoveryCodeSet.Hash).Select(Convert.ToHexString).Order(),
            (await db.RecoveryCodes.ToListAsync(Ct)).Select(row => Convert.ToHexString(row.Hash)).Order());
    }

    [Fact]
    public async Task A_page_that_is_looked_at_twice_changes_nothing()
    {
        var before = await Database.CountRowsAsync(Ct);

        foreach (var path in (string[])["/account", "/account/recovery-codes", "/account/add-authenticator", "/account"])
            Assert.Equal(HttpStatusCode.OK, (await AliceBrowser.GoAsync(path, Ct)).Status);

        Assert.Equal(before, await Database.CountRowsAsync(Ct));
    }

    private async Task<string[]> MakeCodesAsync()
    {
        var page = await VisitAsync(AliceBrowser, Alice, "/account/recovery-codes");
        var codes = Code().Matches((await page.PressAsync("Create recovery codes", Ct)).Text).Select(match => match.Value).ToArray();
        Assert.Equal(10, codes.Length);
        return codes;
    }

    private Task<Page> RecoverAsync(BrowserClient browser, string code) => Alice.RecoverAsync(browser, code, Ct);

    [GeneratedRegex(@"\b[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}\b")]
    private static partial Regex Code();
}

public sealed class RecoveryCodeTestsOnSqlite(ClassIssuer shared) : RecoveryCodeTests(shared, postgres: false);

public sealed class RecoveryCodeTestsOnPostgres(ClassIssuer shared) : RecoveryCodeTests(shared, postgres: true);
