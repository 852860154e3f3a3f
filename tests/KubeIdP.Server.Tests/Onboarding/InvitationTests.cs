using System.Net;
using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Onboarding;

public abstract class InvitationTests(ClassIssuer shared, bool postgres) : OnIssuer(shared, postgres)
{
    [Fact]
    public async Task An_invitation_leads_to_an_account_and_the_account_to_a_token()
    {
        var token = await AddInvitedAsync("alice", "platform");
        var alice = AccountOf("alice");
        using var browser = Issuer.CreateBrowser();

        var page = await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), Password);
        page = await VerifyAsync(page, alice);
        var tokens = await LogInAsync(alice);

        Assert.Equal("Your account is ready – KubeIdP", page.Title);
        Assert.Equal("alice", tokens.Claims.GetProperty("preferred_username").GetString());
        Assert.Equal("platform", tokens.Claims.GetProperty("groups")[0].GetString());
        Assert.Equal((await PersonAsync("alice")).Id, Assert.Single(await AuditOfAsync(AuditEventType.InvitationAccepted)).PersonId);
        Assert.Empty(browser.Cookies.Refused);
    }

    [Fact]
    public async Task With_the_account_come_ten_recovery_codes_each_good_once()
    {
        var token = await AddInvitedAsync("alice");
        var alice = AccountOf("alice");
        using var browser = Issuer.CreateBrowser();
        alice.KeepRecoveryCodes(await VerifyAsync(await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), Password), alice));

        var first = await RecoverAsync(alice, alice.RecoveryCodes[9]);
        var again = await RecoverAsync(alice, alice.RecoveryCodes[9]);

        Assert.Equal(10, alice.RecoveryCodes.Distinct().Count());
        Assert.True(first.Has("You have 9 recovery codes left"), first.ToString());
        Assert.True(again.Has("This code was not accepted."), again.ToString());
        var kept = await EverythingKeptAsync();
        Assert.All(alice.RecoveryCodes, code => Assert.DoesNotContain(code, kept, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Opening_the_link_and_choosing_a_password_change_nothing()
    {
        var token = await AddInvitedAsync("alice");
        using var browser = Issuer.CreateBrowser();

        await OpenInvitationAsync(browser, token);
        await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), Password);

        var person = await PersonAsync("alice");
        Assert.Null(person.PasswordHash);
        Assert.NotNull(person.InvitationHash);
        Assert.Equal(HttpStatusCode.OK, (await OpenInvitationAsync(browser, token)).Status);
    }

    [Fact]
    public async Task A_used_an_expired_a_replaced_and_an_invented_link_look_alike()
    {
        using var browser = Issuer.CreateBrowser();
        var used = await AddInvitedAsync("used");
        await VerifyAsync(await ChoosePasswordAsync(await OpenInvitationAsync(browser, used), Password), AccountOf("used"));
        var replaced = await AddInvitedAsync("replaced");
        await ChangeAsync("replaced", (accounts, id) => accounts.InviteAsync(new PersonId(id), Actor.CommandLine, Ct));
        var expired = await AddInvitedAsync("expired");
        Clock.Advance(LocalAccounts.InvitationLifetime);

        var pages = new List<Page>();
        foreach (var token in new[] { used, replaced, expired, LinkToken.Create(), "", new string('x', 5000) })
            pages.Add(await OpenInvitationAsync(browser, token));

        Assert.All(pages, page => Assert.Equal(HttpStatusCode.Gone, page.Status));
        Assert.All(pages, page => Assert.Contains("Ask your administrator for a new one", page.Text, StringComparison.Ordinal));
        Assert.Single(pages.Select(page => page.Text.Split("Reference")[0]).Distinct());
    }

    [Fact]
    public async Task A_link_is_valid_for_24_hours_up_to_the_last_form()
    {
        var token = await AddInvitedAsync("alice");
        Clock.Advance(LocalAccounts.InvitationLifetime - TimeSpan.FromMinutes(1));
        using var browser = Issuer.CreateBrowser();
        var page = await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), Password);

        Clock.Advance(TimeSpan.FromMinutes(1));
        var late = await VerifyAsync(page, AccountOf("alice"));

        Assert.Equal(HttpStatusCode.Gone, late.Status);
        Assert.Null((await PersonAsync("alice")).PasswordHash);
    }

    [Fact]
    public async Task Of_two_who_use_one_link_at_the_same_time_one_gets_the_account()
    {
        var token = await AddInvitedAsync("alice");
        var ways = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            var browser = Issuer.CreateBrowser();
            var account = AccountOf("alice", $"{Password} {i}");
            return (Page: await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), account.Password), Account: account);
        }));

        var answers = await Task.WhenAll(ways.Select(way => Task.Run(() => VerifyAsync(way.Page, way.Account))));

        var winner = Assert.Single(Enumerable.Range(0, answers.Length), i => answers[i].Has("Your account is ready"));
        Assert.All(answers.Where((_, i) => i != winner),
            page => Assert.Contains(page.Status, new[] { HttpStatusCode.Gone, HttpStatusCode.BadRequest }));
        Assert.True((await LogInAsync(ways[winner].Account)).IsSuccess);
    }

    [Theory]
    [InlineData("fourteen chars", "must have 15 to 1024 characters")]
    [InlineData("abcabcabcabcabcabc", "repeats a few characters")]
    [InlineData("1234567890qwertyuiop", "neighbouring keys")]
    [InlineData("alexandra-1999-alexandra", "little more than the user name")]
    [InlineData("Password!Password!", "many people choose")]
    public async Task A_password_that_is_guessed_first_is_refused_in_clear_words(string password, string words)
    {
        var token = await AddInvitedAsync("alexandra");
        using var browser = Issuer.CreateBrowser();

        var page = await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), password);

        Assert.Contains(words, page.Text, StringComparison.Ordinal);
        Assert.True(page.HasField("New password"));
        Assert.DoesNotContain(password, page.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_different_passwords_are_refused()
    {
        using var browser = Issuer.CreateBrowser();
        var page = await OpenInvitationAsync(browser, await AddInvitedAsync("alice"));

        page = await page.Fill("New password", Password).Fill("Repeat the password", Password + "!").PressAsync("Continue", Ct);

        Assert.True(page.Has("The two passwords are different."));
    }

    [Fact]
    public async Task Five_wrong_codes_end_the_setup_and_are_counted_on_the_person()
    {
        var token = await AddInvitedAsync("alice");
        using var browser = Issuer.CreateBrowser();
        var page = await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), Password);

        for (var i = 0; i < 5; i++)
            page = await page.Fill("Authentication code", "not a code").PressAsync("Verify", Ct);

        Assert.True(page.Has("Please start again"));
        Assert.Equal(5, (await PersonAsync("alice")).FactorFailures);
        Assert.Equal(5, (await AuditOfAsync(AuditEventType.FactorRefused)).Count);
        Assert.True((await browser.GoAsync("/invitation/factor", Ct)).Has("Please start again"));
    }

    [Fact]
    public async Task The_second_page_is_for_the_browser_that_was_on_the_first_within_the_hour()
    {
        var token = await AddInvitedAsync("alice");
        using var browser = Issuer.CreateBrowser();
        using var other = Issuer.CreateBrowser();
        await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), Password);

        var elsewhere = await other.GoAsync("/invitation/factor", Ct);
        Clock.Advance(TimeSpan.FromHours(1));
        var late = await browser.GoAsync("/invitation/factor", Ct);

        Assert.All([elsewhere, late], page => Assert.Equal(HttpStatusCode.BadRequest, page.Status));
    }

    [Fact]
    public async Task An_invitation_that_ends_between_its_pages_makes_nobody_an_account()
    {
        var token = await AddInvitedAsync("alice");
        using var browser = Issuer.CreateBrowser();
        Clock.Advance(LocalAccounts.InvitationLifetime - TimeSpan.FromMinutes(10));
        var second = await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), Password);
        Clock.Advance(TimeSpan.FromMinutes(11));

        await VerifyAsync(second, AccountOf("alice"));

        var alice = await PersonAsync("alice");
        Assert.Null(alice.PasswordHash);
        Assert.Empty((await InScopeAsync((FactorStore store) => store.ReadAsync(new PersonId(alice.Id), Ct)))!.Factors);
    }

    /// <summary>The page has looked a moment ago; what counts is what the database says when it stores.</summary>
    [Fact]
    public async Task What_ended_after_the_last_look_is_not_stored()
    {
        var hash = LinkToken.Hash(await AddInvitedAsync("alice"));
        var alice = (await InScopeAsync((InvitationStore store) => store.FindAsync(hash, Ct)))!;
        Clock.Advance(LocalAccounts.InvitationLifetime);

        var accepted = new AcceptedInvitation(alice.PersonId, hash, alice.Epoch, "a hash",
            new FirstFactor(new ConfirmedFactor("factor", FactorKind.Totp, "app", [1], LastCounter: 1), [[1]]));

        Assert.False(await InScopeAsync((InvitationStore store) => store.AcceptAsync(accepted, Actor.CommandLine, Ct)));
        Assert.Null((await PersonAsync("alice")).PasswordHash);
    }

    [Fact]
    public async Task A_person_invited_again_starts_anew_and_what_was_open_is_over()
    {
        var old = await Issuer.AddAccountAsync("alice", Ct);
        var tokens = await LogInAsync(old);
        var invitation =
            Assert.IsType<AccountChange.IssuedSecret>(
                await ChangeAsync("alice", (accounts, id) => accounts.InviteAsync(new PersonId(id), Actor.CommandLine, Ct)));
        var alice = AccountOf("alice");
        using var browser = Issuer.CreateBrowser();

        await VerifyAsync(await ChoosePasswordAsync(await OpenInvitationAsync(browser, invitation.Secret), Password), alice);

        Assert.Equal("invalid_grant", (await RefreshAsync(tokens)).Error);
        Assert.True((await LogInAsync(alice)).IsSuccess);
        await Assert.ThrowsAsync<InvalidOperationException>(() => LogInAsync(old));
        Assert.Single(await InScopeAsync((FactorStore store) => FactorsOfAsync(store)));

        async Task<IReadOnlyList<StoredFactor>> FactorsOfAsync(FactorStore store) =>
            (await store.ReadAsync(new PersonId((await PersonAsync("alice")).Id), Ct))!.Factors;
    }

    [Fact]
    public async Task Disabled_and_removed_people_are_not_let_in_by_a_link_made_before()
    {
        var (disabled, removed) = (await AddInvitedAsync("disabled"), await AddInvitedAsync("removed"));
        await ChangeAsync("disabled", (accounts, id) => accounts.DisableAsync(new PersonId(id), Actor.CommandLine, Ct));
        await ChangeAsync("removed", (accounts, id) => accounts.RemoveAsync(new PersonId(id), Actor.CommandLine, Ct));
        using var browser = Issuer.CreateBrowser();

        Assert.Equal(HttpStatusCode.Gone, (await OpenInvitationAsync(browser, disabled)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await OpenInvitationAsync(browser, removed)).Status);
        Assert.IsType<AccountChange.Refused>(
            await ChangeAsync("disabled", (accounts, id) => accounts.InviteAsync(new PersonId(id), Actor.CommandLine, Ct)));
    }

    [Fact]
    public async Task Neither_token_nor_password_nor_secret_is_kept_in_clear()
    {
        var token = await AddInvitedAsync("alice");
        var alice = AccountOf("alice");
        using var browser = Issuer.CreateBrowser();
        await VerifyAsync(await ChoosePasswordAsync(await OpenInvitationAsync(browser, token), Password), alice);

        var kept = await EverythingKeptAsync();

        Assert.Contains("alice", kept, StringComparison.Ordinal);
        Assert.All([token, Password, alice.SetupKey!], secret => Assert.DoesNotContain(secret, kept, StringComparison.Ordinal));
    }

    /// <summary>Signs in to the account's page with a recovery code, in a browser of its own.</summary>
    private async Task<Page> RecoverAsync(Account account, string code)
    {
        using var browser = Issuer.CreateBrowser();
        return await account.RecoverAsync(browser, code, Ct);
    }
}

public sealed class InvitationsOnSqlite(ClassIssuer shared) : InvitationTests(shared, postgres: false);

public sealed class InvitationsOnPostgres(ClassIssuer shared) : InvitationTests(shared, postgres: true);
