using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Tests.Onboarding;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Accounts;

/// <summary>What an administrator changes, as the person and their kubectl meet it.</summary>
public abstract class AccountChangeTests(ClassIssuer shared, bool postgres) : OnIssuer(shared, postgres)
{
    [Fact]
    public async Task A_disabled_person_is_signed_out_at_once_and_an_enabled_one_may_sign_in_again()
    {
        var alice = await Issuer.AddAccountAsync("alice", Ct);
        var tokens = await LogInAsync(alice);

        Assert.IsType<AccountChange.Done>(await DisableAsync("alice"));
        var refused = await RefreshAsync(tokens);
        await Assert.ThrowsAsync<InvalidOperationException>(() => LogInAsync(alice));
        Assert.IsType<AccountChange.Unchanged>(await DisableAsync("alice"));

        Assert.IsType<AccountChange.Done>(await EnableAsync("alice"));
        Assert.IsType<AccountChange.Unchanged>(await EnableAsync("alice"));
        Assert.True((await LogInAsync(alice)).IsSuccess);
        Assert.Equal("invalid_grant", (await RefreshAsync(tokens)).Error);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.Contains("disabled", refused.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal(("cli", "disabled"),
            (await AuditOfAsync(AuditEventType.SessionEnded)).Select(entry => (entry.Actor, entry.Detail)).Single());
        Assert.Single(await AuditOfAsync(AuditEventType.PersonDisabled));
        Assert.Single(await AuditOfAsync(AuditEventType.PersonEnabled));
    }

    [Fact]
    public async Task The_next_refresh_shows_the_new_groups()
    {
        var tokens = await LogInAsync(await Issuer.AddAccountAsync("alice", Ct, "platform"));

        Assert.IsType<AccountChange.Done>(await SetGroupsAsync("alice", "dev", "ops", "dev"));
        var refused = Assert.IsType<AccountChange.Refused>(await SetGroupsAsync("alice", "system:masters"));
        var refreshed = (await RefreshAsync(tokens)).Succeeded();

        Assert.Equal(["dev", "ops"], refreshed.Claims.GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
        Assert.Contains("system:", Assert.Single(refused.Reasons), StringComparison.Ordinal);
        Assert.Equal("[\"dev\",\"ops\"]", Assert.Single(await AuditOfAsync(AuditEventType.GroupsChanged)).Detail);
    }

    [Fact]
    public async Task Reset_factors_end_all_sessions_and_a_new_one_needs_the_new_code()
    {
        var alice = await Issuer.AddAccountAsync("alice", Ct);
        var tokens = await LogInAsync(alice);
        var oldKey = alice.SetupKey;

        var code = Assert.IsType<AccountChange.IssuedSecret>(
            await ChangeAsync("alice", (accounts, id) => accounts.ResetFactorsAsync(new PersonId(id), Actor.CommandLine, Ct))).Secret;

        Assert.Equal("invalid_grant", (await RefreshAsync(tokens)).Error);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => LogInAsync(alice));
        Assert.Contains("Enrolment code", fault.Message, StringComparison.Ordinal);
        var anew = new Account("alice", alice.Password, code, Clock);
        Assert.True((await LogInAsync(anew)).IsSuccess);
        Assert.NotEqual(oldKey, anew.SetupKey);
        Assert.Single(await AuditOfAsync(AuditEventType.FactorsReset));
    }

    [Fact]
    public async Task A_removed_account_is_gone_and_its_name_is_reserved_for_90_days()
    {
        var alice = await Issuer.AddAccountAsync("alice", Ct);
        var tokens = await LogInAsync(alice);

        Assert.IsType<AccountChange.Done>(await RemoveAsync("alice"));
        var removed = await PersonAsync("alice");

        Assert.Equal("invalid_grant", (await RefreshAsync(tokens)).Error);
        await Assert.ThrowsAsync<InvalidOperationException>(() => LogInAsync(alice));
        Assert.Equal((null, null, null), (removed.PasswordHash, removed.EnrolmentCodeHash, removed.InvitationHash));
        Assert.Equal(0, (await Issuer.Database.CountRowsAsync(Ct))["factors"]);
        Assert.IsType<AccountChange.NotFound>(await RemoveAsync("alice"));
        Assert.IsType<AccountChange.NotFound>(await EnableAsync("alice"));

        Clock.Advance(PersonStore.NameReservation - TimeSpan.FromMinutes(3));
        var early = Assert.IsType<AddedAccount.Refused>(await AddAsync("Alice"));
        Clock.Advance(TimeSpan.FromMinutes(4));
        var added = Assert.IsType<AddedAccount.Invited>(await AddAsync("Alice"));

        Assert.Contains("reserved until", Assert.Single(early.Faults).Message, StringComparison.Ordinal);
        Assert.NotEqual(removed.Id, added.PersonId);
        Assert.Equal(removed.Id, (await PersonAsync("alice (removed)")).Id);
        Assert.Equal(AccountFaultKind.UsernameTaken,
            Assert.Single(Assert.IsType<AddedAccount.Refused>(await AddAsync("alice")).Faults).Kind);
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        await Issuer.AddAccountAsync("root", Ct, "admins");
        await Issuer.AddAccountAsync("second", Ct, "admins", "dev");

        Assert.IsType<AccountChange.Done>(await DisableAsync("second"));
        Assert.IsType<AccountChange.Refused>(await DisableAsync("root"));
        Assert.IsType<AccountChange.Refused>(await RemoveAsync("root"));
        Assert.IsType<AccountChange.Refused>(await SetGroupsAsync("root", "dev"));
        Assert.IsType<AccountChange.Done>(await SetGroupsAsync("root", "admins", "dev"));

        Assert.IsType<AccountChange.Done>(await EnableAsync("second"));
        Assert.IsType<AccountChange.Done>(await SetGroupsAsync("root", "dev"));
        Assert.IsType<AccountChange.Refused>(await RemoveAsync("second"));
    }

    [Fact]
    public async Task Administrators_who_bar_each_other_at_once_do_not_all_succeed()
    {
        var names = Enumerable.Range(0, 4).Select(i => $"root{i}").ToList();
        foreach (var name in names)
            await AddInvitedAsync(name, "admins");

        var answers =
            await Task.WhenAll(names.Select((name, i) => Task.Run(() => i % 2 == 0 ? DisableAsync(name) : SetGroupsAsync(name, "dev"))));

        Assert.Equal(3, answers.OfType<AccountChange.Done>().Count());
        Assert.Single(answers.OfType<AccountChange.Refused>());
    }

    [Fact]
    public async Task A_password_is_changed_by_who_knows_the_current_one()
    {
        var alice = await Issuer.AddAccountAsync("alice", Ct);
        var tokens = await LogInAsync(alice);

        Assert.IsType<PasswordChange.WrongPassword>(await ChangePasswordAsync("wrong", Password));
        Assert.IsType<PasswordChange.WrongPassword>(await ChangePasswordAsync("", Password));
        var weak = Assert.IsType<PasswordChange.NotAllowed>(await ChangePasswordAsync(alice.Password, "alice.alice.2026"));
        Assert.IsType<PasswordChange.Changed>(await ChangePasswordAsync(alice.Password, Password));
        Assert.IsType<PasswordChange.WrongPassword>(await ChangePasswordAsync(alice.Password, Password));

        Assert.Contains("user name", weak.Reason, StringComparison.Ordinal);
        Assert.True((await RefreshAsync(tokens)).IsSuccess);
        await Assert.ThrowsAsync<InvalidOperationException>(() => LogInAsync(alice));
        Assert.True((await LogInAsync(new Account("alice", Password, "", Clock) { SetupKey = alice.SetupKey })).IsSuccess);
        Assert.Equal((await PersonAsync("alice")).Id, Assert.Single(await AuditOfAsync(AuditEventType.PasswordChanged)).Actor);
    }

    [Fact]
    public async Task A_changed_password_voids_logins_that_are_half_finished()
    {
        var alice = await Issuer.AddAccountAsync("alice", Ct);
        await LogInAsync(alice);
        Clock.Advance(TimeSpan.FromMinutes(2));
        using var browser = Issuer.CreateBrowser();
        using var client = Issuer.CreateClient();
        var page = await browser.GoAsync(client.AuthorizeUrl(), Ct);
        page = await page.Fill("Username", "alice").Fill("Password", alice.Password).PressAsync("Sign in", Ct);

        await ChangePasswordAsync(alice.Password, Password);
        page = await page.Fill("Authentication code", await alice.NextCodeAsync(Ct)).PressAsync("Verify", Ct);

        Assert.True(page.HasField("Password"));
    }

    private Task<AccountChange> DisableAsync(string username) =>
        ChangeAsync(username, (accounts, id) => accounts.DisableAsync(new PersonId(id), Actor.CommandLine, Ct));

    private Task<AccountChange> EnableAsync(string username) =>
        ChangeAsync(username, (accounts, id) => accounts.EnableAsync(new PersonId(id), Actor.CommandLine, Ct));

    private Task<AccountChange> RemoveAsync(string username) =>
        ChangeAsync(username, (accounts, id) => accounts.RemoveAsync(new PersonId(id), Actor.CommandLine, Ct));

    private Task<AccountChange> SetGroupsAsync(string username, params string[] groups) =>
        ChangeAsync(username, (accounts, id) => accounts.SetGroupsAsync(new PersonId(id), groups, Actor.CommandLine, Ct));

    private Task<AddedAccount> AddAsync(string username) =>
        InScopeAsync((LocalAccounts accounts) =>
            accounts.AddAsync(new NewAccount(username, null, [], Password: null), Actor.CommandLine, Ct));

    /// <summary>In the latest of alice's sessions.</summary>
    private async Task<PasswordChange> ChangePasswordAsync(string current, string chosen)
    {
        var id = (await PersonAsync("alice")).Id;
        await using var context = Issuer.Database.CreateContext();
        var session = await context.Sessions.Where(of => of.PersonId == id).OrderBy(of => of.Id).Select(of => of.Id).LastAsync(Ct);
        return await InScopeAsync((LocalAccounts accounts) =>
            accounts.ChangePasswordAsync(new FactorOwner(new PersonId(id), new SessionId(session)), current, chosen, new Actor(id), Ct));
    }
}

public sealed class AccountChangesOnSqlite(ClassIssuer shared) : AccountChangeTests(shared, postgres: false);

public sealed class AccountChangesOnPostgres(ClassIssuer shared) : AccountChangeTests(shared, postgres: true);
