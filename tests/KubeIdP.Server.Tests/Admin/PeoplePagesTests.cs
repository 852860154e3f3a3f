using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Accounts;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

public abstract class PeoplePagesTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    [Fact]
    public async Task An_invited_person_gets_a_link_that_is_shown_once()
    {
        using var root = await AdministratorAsync();
        var form = await (await root.GoAsync("/admin/people", Ct)).FollowAsync("Add an account", Ct);

        var added = await form.Fill("Username", "bob").Fill("Email address", "bob@example.com").Fill("Groups", "dev\r\n\r\n ops ")
            .PressAsync("Add", Ct);
        var link = LinkOn(added);
        var shown = await added.FollowAsync("Show bob", Ct);

        Assert.True(added.Response.Headers.CacheControl?.NoStore);
        Assert.Equal("/admin/people/add", added.Url.AbsolutePath);
        Assert.True(shown.Has("Invited") && shown.Has("dev, ops") && shown.Has("bob@example.com") && !shown.Has("token="), shown.Text);
        using var browser = Issuer.CreateBrowser();
        Assert.True((await browser.GoAsync(link, Ct)).Has("Welcome, bob"));
        AssertNotLogged(link.Query[^43..]);
        Assert.Equal(await IdOfAsync("root"), Assert.Single(await AuditAsync(AuditEventType.PersonInvited)).Actor);
    }

    [Fact]
    public async Task A_person_with_a_password_gets_an_enrolment_code()
    {
        using var root = await AdministratorAsync();
        var form = await root.GoAsync("/admin/people/add", Ct);

        var added = await form.Fill("Username", "bob").Fill("First password", Alice.Password).PressAsync("Add", Ct);
        var bob = new Account("bob", Alice.Password, SecretOn(added), Issuer.Clock);

        using var browser = Issuer.CreateBrowser();
        Assert.Equal("/account", (await VisitAsync(browser, bob, "/account")).Url.AbsolutePath);
        Assert.DoesNotContain(Alice.Password, added.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_display_name_is_given_changed_and_taken_away_and_tokens_say_it()
    {
        using var root = await AdministratorAsync();
        var form = await root.GoAsync("/admin/people/add", Ct);
        var added = await form.Fill("Username", "bob").Fill("Display name", " Bob Example ").Fill("First password", Alice.Password)
            .PressAsync("Add", Ct);
        var bob = new Account("bob", Alice.Password, SecretOn(added), Issuer.Clock);
        using var client = Issuer.CreateClient();
        using var browser = Issuer.CreateBrowser();
        var tokens = await client.LogInAsync(browser, bob, Ct);

        var shown = await SetAsync("Bob O’Example-García");
        var changed = (await client.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        var refused = await SetAsync("system:bob");
        await SetAsync("  ");
        var without = (await client.RefreshAsync(changed.RefreshToken!, Ct)).Succeeded();

        Assert.Equal(("Bob Example", "Bob O’Example-García"),
            (tokens.Claims.GetProperty("name").GetString(), changed.Claims.GetProperty("name").GetString()));
        Assert.True(shown.Has("bob has a new display name"), shown.Text);
        Assert.True((await shown.FollowAsync("Back to bob", Ct)).Has("Bob O’Example-García"), shown.Text);
        Assert.True(refused.Has("The display name begins with “system:”"), refused.Text);
        Assert.False(without.Claims.TryGetProperty("name", out _));
        Assert.Equal(["Bob O’Example-García", null],
            (await AuditAsync("person.display_name_changed")).Select(auditEvent => auditEvent.Detail));

        async Task<Page> SetAsync(string name) =>
            await (await root.GoAsync($"/admin/people/{await IdOfAsync("bob")}/display-name", Ct)).Fill("Display name", name)
                .Fill("Reason", "as they are called").PressAsync("Set display name", Ct);
    }

    [Fact]
    public async Task What_is_wrong_with_an_account_is_said_and_what_was_typed_stays()
    {
        using var root = await AdministratorAsync();
        var form = await root.GoAsync("/admin/people/add", Ct);

        var refused = await form.Fill("Username", "ALICE").Fill("Groups", "system:masters").Fill("First password", "short")
            .PressAsync("Add", Ct);

        Assert.True(refused.Has("system:") && refused.Has("15 to 1024"), refused.Text);
        Assert.Equal(("ALICE", "system:masters", ""),
            (refused.ValueOf("Username"), refused.ValueOf("Groups"), refused.ValueOf("First password")));
    }

    [Fact]
    public async Task People_are_found_by_name_mail_status_group_and_upstream()
    {
        using var root = await AdministratorAsync();
        await Issuer.AddAccountAsync("carol", Ct, "dev", "qa");
        await InviteAsync("dave", "dev-ops");
        await ActAsync(root, "carol", "Disable");

        Assert.Equal(["alice"], await NamesAsync("search=LIC"));
        Assert.Equal(["carol"], await NamesAsync("search=carol%40EXAMPLE"));
        Assert.Equal(["carol"], await NamesAsync("group=dev"));
        Assert.Equal(["dave"], await NamesAsync("status=Invited"));
        Assert.Equal(["carol"], await NamesAsync("status=Disabled&upstream=local&search=c"));
        Assert.Equal(["alice", "root"], await NamesAsync("status=Active"));
        Assert.Equal([], await NamesAsync("upstream=ldap"));
        Assert.Equal([], await NamesAsync("search=%25"));
        Assert.Equal(["alice", "carol", "dave", "root"], await NamesAsync(""));

        async Task<IEnumerable<string>> NamesAsync(string query) => NamesOn(await root.GoAsync($"/admin/people?{query}", Ct));
    }

    [Fact]
    public async Task Pages_lead_through_everybody_once()
    {
        using var root = await AdministratorAsync();
        for (var i = 0; i < 120; i++)
            await InviteAsync($"person-{i:000}", "crowd");

        var page = await root.GoAsync("/admin/people?group=crowd", Ct);
        var seen = NamesOn(page).ToList();
        while (page.Document.QuerySelector("a[rel=next]") is not null)
        {
            page = await page.FollowAsync("Next page", Ct);
            seen.AddRange(NamesOn(page));
        }

        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"person-{i:000}"), seen);
        Assert.Equal("person-000", NamesOn(await page.FollowAsync("First page", Ct)).First());
    }

    [Fact]
    public async Task A_disabled_person_is_signed_out_and_the_audit_says_by_whom_from_where_and_why()
    {
        using var root = await AdministratorAsync();

        var done = await ActAsync(root, "alice", "Disable", "left the company");

        Assert.True(done.Has("alice is disabled; all sessions have ended."), done.Text);
        using var client = Issuer.CreateClient();
        Assert.Equal("invalid_grant", (await client.RefreshAsync(AliceTokens.RefreshToken!, Ct)).Error);
        Assert.True((await AliceBrowser.GoAsync("/account", Ct)).HasField("Password"));
        var (id, rootId) = (await IdOfAsync("alice"), await IdOfAsync("root"));
        foreach (var row in new[] { Assert.Single(await AuditAsync(AuditEventType.PersonDisabled)),
            Assert.Single(await AuditAsync(AuditEventType.SessionEnded)) })
            Assert.Equal((rootId, id, "203.0.113.5", "left the company"), (row.Actor, row.PersonId, row.Address, row.Reason));

        await ActAsync(root, "alice", "Enable", "came back");
        Assert.Equal("came back", Assert.Single(await AuditAsync(AuditEventType.PersonEnabled)).Reason);
        Issuer.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True((await VisitAsync(AliceBrowser, Alice, "/account")).Has("Your account"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("two\r\nlines")]
    public async Task Nothing_is_done_without_a_reason(string reason)
    {
        using var root = await AdministratorAsync();

        foreach (var act in new[] { "end-sessions", "unlock", "invite", "reset-factors", "disable", "enable", "remove", "groups",
            "display-name" })
        {
            var answer = await PostAsync(root, $"/admin/people/{await IdOfAsync("alice")}/{act}", ("Reason", reason), ("Names", "admins"));
            Assert.True(answer.Has("Nothing has been changed"), $"{act}: {answer}");
        }

        Assert.Equal("/account", (await AliceBrowser.GoAsync("/account", Ct)).Url.AbsolutePath);
        Assert.Empty((await PersonAsync("alice")).Groups);
    }

    [Fact]
    public async Task Reset_factors_end_the_sessions_and_hand_out_the_next_code_once()
    {
        using var root = await AdministratorAsync();

        var code = SecretOn(await ActAsync(root, "alice", "Reset second factors", "lost telephone"));

        Assert.True((await AliceBrowser.GoAsync("/account", Ct)).HasField("Password"));
        var anew = new Account("alice", Alice.Password, code, Issuer.Clock);
        Assert.Equal("/account", (await VisitAsync(AliceBrowser, anew, "/account")).Url.AbsolutePath);
        Assert.NotEqual(Alice.SetupKey, anew.SetupKey);
        AssertNotLogged(code);
        Assert.DoesNotContain(code, (await root.GoAsync($"/admin/people/{await IdOfAsync("alice")}", Ct)).Content,
            StringComparison.Ordinal);
        Assert.Equal("lost telephone", Assert.Single(await AuditAsync(AuditEventType.FactorsReset)).Reason);
    }

    [Fact]
    public async Task A_new_invitation_replaces_the_old_one()
    {
        using var root = await AdministratorAsync();
        using var browser = Issuer.CreateBrowser();

        var first = LinkOn(await ActAsync(root, "alice", "Create an invitation link"));
        var second = LinkOn(await ActAsync(root, "alice", "Create an invitation link"));

        Assert.Equal(HttpStatusCode.Gone, (await browser.GoAsync(first, Ct)).Status);
        Assert.True((await browser.GoAsync(second, Ct)).Has("Welcome, alice"));
        Assert.True((await AliceBrowser.GoAsync("/account", Ct)).Has("Your account"));
    }

    [Fact]
    public async Task A_person_who_waits_after_wrong_passwords_need_not_wait_any_longer()
    {
        using var root = await AdministratorAsync();
        using var browser = Issuer.CreateBrowser("198.51.100.77");
        await TryAsync("not the password at all");
        await MultiplyGuessesAsync();
        var delayed = await TryAsync(Alice.Password);

        await ActAsync(root, "alice", "Clear failed password attempts", "typed the old one");

        Assert.True(delayed.HasField("Password"), delayed.ToString());
        Assert.True((await TryAsync(Alice.Password)).HasField("Authentication code"));
        Assert.Equal("typed the old one", Assert.Single(await AuditAsync(AuditEventType.LoginUnlocked)).Reason);

        async Task<Page> TryAsync(string password) =>
            await (await browser.GoAsync("/account", Ct)).Fill("Username", "alice").Fill("Password", password).PressAsync("Sign in", Ct);
    }

    [Fact]
    public async Task A_removed_account_is_gone_and_can_only_be_looked_at()
    {
        using var root = await AdministratorAsync();
        var id = await IdOfAsync("alice");

        var done = await ActAsync(root, "alice", "Remove", "a test account");
        var shown = await done.FollowAsync("Back to alice", Ct);

        Assert.True(shown.Has("Removed") && !shown.Has("Enable"), shown.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(root, $"/admin/people/{id}/enable", ("Reason", "because"))).Status);
        Assert.DoesNotContain("alice", NamesOn(await root.GoAsync("/admin/people", Ct)));
        Assert.Equal(["alice"], NamesOn(await root.GoAsync("/admin/people?status=Removed", Ct)));
        Assert.Equal("a test account", Assert.Single(await AuditAsync(AuditEventType.PersonRemoved)).Reason);
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        using var root = await AdministratorAsync();

        var disabled = await ActAsync(root, "root", "Disable");
        var removed = await ActAsync(root, "root", "Remove");
        var groups = await (await root.GoAsync($"/admin/people/{await IdOfAsync("root")}", Ct)).FollowAsync("Set groups", Ct);
        var demoted = await groups.Fill("Groups", "dev").Fill("Reason", "because").PressAsync("Set groups", Ct);

        Assert.All(new[] { disabled, removed, demoted }, page => Assert.True(page.Has("This is the last administrator."), page.Text));
        Assert.Equal(HttpStatusCode.OK, (await root.GoAsync("/admin/people", Ct)).Status);
        Assert.Empty(await AuditAsync(AuditEventType.PersonDisabled));
    }

    [Fact]
    public async Task All_sessions_of_a_person_end_and_half_finished_logins_with_them()
    {
        using var root = await AdministratorAsync();
        using var thief = Issuer.CreateBrowser();
        var halfway = await TypePasswordAsync(thief, Alice);

        var done = await ActAsync(root, "alice", "End all sessions", "laptop stolen");

        Assert.True(done.Has("All sessions of alice have ended."), done.Text);
        Assert.True((await AliceBrowser.GoAsync("/account", Ct)).HasField("Password"));
        Assert.True((await halfway.Fill("Authentication code", await Alice.NextCodeAsync(Ct)).PressAsync("Verify", Ct))
            .HasField("Password"));
        var row = Assert.Single(await AuditAsync(AuditEventType.SessionEnded));
        Assert.Equal((GrantEnd.EndedByAdministrator, "laptop stolen"), (row.Detail, row.Reason));

        // A second click a moment later is recorded too: half-finished logins become invalid once more.
        var again = await PostAsync(root, $"/admin/people/{await IdOfAsync("alice")}/end-sessions", ("Reason", "still stolen"));
        Assert.True(again.Has("alice had no live session."), again.Text);
        Assert.Equal("still stolen", (await AuditAsync(AuditEventType.SessionEnded))[^1].Reason);
    }

    [Fact]
    public async Task Nobody_is_there_whom_nobody_knows()
    {
        using var root = await AdministratorAsync();

        foreach (var path in new[] { "/admin/people/nobody", "/admin/people/nobody/groups", "/admin/people/nobody/disable",
            $"/admin/people/{await IdOfAsync("alice")}/explode" })
            Assert.Equal(HttpStatusCode.NotFound, (await root.GoAsync(path, Ct)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(root, "/admin/people/nobody/disable", ("Reason", "because"))).Status);
    }

    [Fact]
    public async Task What_people_are_called_is_text_and_nothing_else()
    {
        using var root = await AdministratorAsync();
        const string hostile = "<b onmouseover=x>&\"'";
        await InviteAsync(hostile, "<i>group</i>");

        var list = await root.GoAsync("/admin/people", Ct);
        var shown = await list.FollowAsync(hostile, Ct);
        var audit = await shown.FollowAsync($"All audit events about {hostile}", Ct);

        Assert.All(new[] { list, shown, audit }, page => Assert.Empty(page.Document.QuerySelectorAll("b, i, [onmouseover]")));
        Assert.True(shown.Has("<i>group</i>") && audit.Has(hostile), audit.Text);
    }

    private static IEnumerable<string> NamesOn(Page page) =>
        page.Document.QuerySelectorAll(".entries h2 a").Select(link => link.TextContent);

    private static string SecretOn(Page page) =>
        page.Document.QuerySelector(".codes")?.TextContent ?? throw new InvalidOperationException($"Nothing was handed out: {page}");

    private static Uri LinkOn(Page page) => new(SecretOn(page));

    private async Task InviteAsync(string username, params string[] groups)
    {
        await using var scope = Issuer.Services.CreateAsyncScope();
        Assert.IsType<AddedAccount.Invited>(await scope.ServiceProvider.GetRequiredService<LocalAccounts>()
            .AddAsync(new NewAccount(username, null, groups, null), Actor.CommandLine, Ct));
    }
}

public sealed class PeoplePagesTestsOnSqlite(ClassIssuer shared) : PeoplePagesTests(shared, postgres: false);

public sealed class PeoplePagesTestsOnPostgres(ClassIssuer shared) : PeoplePagesTests(shared, postgres: true);
