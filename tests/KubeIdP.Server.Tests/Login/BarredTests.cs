using System.Net;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

/// <summary>A barred person can't sign in in any way, nor complete a login that had begun before.</summary>
public abstract class BarredTests(ClassIssuer shared, bool postgres) : IssuerTests(shared, postgres)
{
    [Fact]
    public async Task After_a_hundred_wrong_codes_no_right_one_helps_until_an_administrator_resets_the_factor()
    {
        using var halfway = Issuer.CreateBrowser();
        var open = await TypePasswordAsync(halfway, Alice);
        await FailAsync(FactorStore.MaxFailures);

        var late = await open.Fill("Authentication code", await Alice.NextCodeAsync(Ct)).PressAsync("Verify", Ct);
        using var browser = Issuer.CreateBrowser();
        var anew = await TypePasswordAsync(browser, Alice);
        var recovery = await browser.GoAsync(anew.Url.PathAndQuery.Replace("/factor", "/recovery", StringComparison.Ordinal), Ct);
        var reset = await ChangeAsync(accounts => accounts.ResetFactorsAsync(new PersonId(Id), Actor.CommandLine, Ct));

        Assert.All([late, anew, recovery],
            page => Assert.Equal((HttpStatusCode.Forbidden, true), (page.Status, page.Has("Your second factor is blocked"))));
        using var other = Issuer.CreateBrowser();
        var code = Assert.IsType<AccountChange.IssuedSecret>(reset).Secret;
        var enrol = await (await TypePasswordAsync(other, Alice)).Fill("Enrolment code", code).PressAsync("Continue", Ct);
        Assert.True(enrol.Has("Setup key"), enrol.ToString());
    }

    [Fact]
    public async Task The_last_wrong_code_before_the_bar_ends_the_login_at_once_and_is_counted_on_every_page()
    {
        await FailAsync(FactorStore.MaxFailures - 2);
        using var browser = Issuer.CreateBrowser();
        var page = await TypePasswordAsync(browser, Alice);

        page = await page.Fill("Authentication code", "000000").PressAsync("Verify", Ct);
        page = await page.FollowAsync("Lost your second factor? Use a recovery code", Ct);
        page = await page.Fill("Recovery code", "2222-2222-2222-2222").PressAsync("Verify", Ct);

        Assert.Equal((HttpStatusCode.Forbidden, true), (page.Status, page.Has("Your second factor is blocked")));
        await using var db = Database.CreateContext();
        Assert.Equal(FactorStore.MaxFailures, (await db.People.SingleAsync(person => person.UserName == "alice", Ct)).FactorFailures);
    }

    [Fact]
    public async Task A_disabled_person_is_refused_at_every_step_of_every_way()
    {
        using var atFactor = Issuer.CreateBrowser();
        using var atRecovery = Issuer.CreateBrowser();
        using var atCode = Issuer.CreateBrowser();
        using var client = Issuer.CreateClient();
        var factor = await TypePasswordAsync(atFactor, Alice);
        var recovery = await (await TypePasswordAsync(atRecovery, Alice)).FollowAsync("Lost your second factor? Use a recovery code", Ct);
        var code = await client.SignInAsync(atCode, Alice, Ct);
        await ChangeAsync(accounts => accounts.DisableAsync(new PersonId(Id), Actor.CommandLine, Ct));

        factor = await factor.Fill("Authentication code", await Alice.NextCodeAsync(Ct)).PressAsync("Verify", Ct);
        recovery = await recovery.Fill("Recovery code", Alice.RecoveryCodes[0]).PressAsync("Verify", Ct);
        var redeemed = await client.RedeemAsync(code, Ct);
        var refreshed = await client.RefreshAsync(AliceTokens.RefreshToken!, Ct);
        using var userInfo = await client.UserInfoAsync(AliceTokens.AccessToken, Ct);
        var account = await AliceBrowser.GoAsync("/account", Ct);
        using var stranger = Issuer.CreateBrowser();
        var login = await TypePasswordAsync(stranger, Alice);

        Assert.All([factor, recovery, account], page => Assert.True(page.HasField("Password"), page.ToString()));
        Assert.True(login.Has("Sign-in failed."), login.ToString());
        Assert.Equal(("invalid_grant", "invalid_grant", HttpStatusCode.Unauthorized),
            (redeemed.Error, refreshed.Error, userInfo.StatusCode));
        await using var db = Database.CreateContext();
        Assert.Equal(0, await db.Sessions.CountAsync(session => session.EndedAt == null, Ct));
        Assert.Empty(await AuditAsync(AuditEventType.RecoveryCodeUsed));
    }

    private string Id => AliceTokens.Claims.GetProperty("sub").GetString()!;

    /// <summary>As after so many wrong codes.</summary>
    private async Task FailAsync(int times)
    {
        await using var db = Database.CreateContext();
        await db.People.Where(person => person.UserName == "alice")
            .ExecuteUpdateAsync(set => set.SetProperty(person => person.FactorFailures, times), Ct);
    }

    private async Task<AccountChange> ChangeAsync(Func<LocalAccounts, Task<AccountChange>> change)
    {
        await using var scope = Issuer.Services.CreateAsyncScope();
        return await change(scope.ServiceProvider.GetRequiredService<LocalAccounts>());
    }
}

public sealed class BarredTestsOnSqlite(ClassIssuer shared) : BarredTests(shared, postgres: false);

public sealed class BarredTestsOnPostgres(ClassIssuer shared) : BarredTests(shared, postgres: true);
