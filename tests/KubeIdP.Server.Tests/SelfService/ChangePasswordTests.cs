using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.SelfService;

public abstract class ChangePasswordTests(ClassIssuer shared, bool postgres) : IssuerTests(shared, postgres)
{
    private const string Chosen = "seven quiet herons";

    [Fact]
    public async Task A_new_password_takes_the_place_of_the_old_one_and_ends_the_other_sessions()
    {
        using var laptop = Issuer.CreateBrowser();
        await VisitAsync(laptop, Alice, "/account");
        using var thief = Issuer.CreateBrowser();
        var halfway = await TypePasswordAsync(thief, Alice);

        var done = await ChangeAsync(laptop, Alice.Password, Chosen);

        Assert.True(done.Has("Your password has been changed"), done.ToString());
        Assert.True((await laptop.GoAsync("/account", Ct)).Has("Your account"));
        Assert.True((await AliceBrowser.GoAsync("/account", Ct)).HasField("Password"));
        using var client = Issuer.CreateClient();
        Assert.Equal("invalid_grant", (await client.RefreshAsync(AliceTokens.RefreshToken!, Ct)).Error);
        Assert.True((await halfway.Fill("Authentication code", await Alice.NextCodeAsync(Ct)).PressAsync("Verify", Ct))
            .HasField("Password"));
        Assert.False((await TypeAsync(Alice.Password)).HasField("Authentication code"));
        Assert.True((await TypeAsync(Chosen)).HasField("Authentication code"));
        Assert.Equal(GrantEnd.PasswordChanged, Assert.Single(await AuditAsync(AuditEventType.SessionEnded)).Detail);
        Assert.Single(await AuditAsync(AuditEventType.PasswordChanged));
        AssertNotLogged(Chosen, Alice.Password);
    }

    [Fact]
    public async Task The_browser_in_which_it_was_changed_stays_a_known_one()
    {
        await ChangeAsync(AliceBrowser, Alice.Password, Chosen);
        await (await AliceBrowser.GoAsync("/logout", Ct)).PressAsync("Sign out", Ct);
        for (var i = 0; i < 8; i++)
            await TypeAsync("not the password at all");

        var page = await (await AliceBrowser.GoAsync("/account", Ct)).Fill("Username", "alice").Fill("Password", Chosen)
            .PressAsync("Sign in", Ct);

        Assert.True(page.HasField("Authentication code"), page.ToString());
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_nothing_is_changed()
    {
        using var other = Issuer.CreateBrowser();
        await VisitAsync(other, Alice, "/account");

        var wrong = await ChangeAsync(AliceBrowser, "not the password at all", Chosen);
        var weak = await ChangeAsync(AliceBrowser, Alice.Password, "alice.alice.2026");
        var differing = await ChangeAsync(AliceBrowser, Alice.Password, Chosen, "seven quiet heron");

        Assert.True(wrong.Has("The current password is wrong."), wrong.Text);
        Assert.True(weak.Has("user name"), weak.Text);
        Assert.True(differing.Has("are different"), differing.Text);
        Assert.All(new[] { wrong, weak, differing },
            page => Assert.All(page.Document.QuerySelectorAll("input[type=password]"), field => Assert.Null(field.GetAttribute("value"))));
        Assert.True((await other.GoAsync("/account", Ct)).Has("Your account"));
        Assert.Single(await AuditAsync(AuditEventType.PasswordRefused));
        Assert.Empty(await AuditAsync(AuditEventType.PasswordChanged));
    }

    [Fact]
    public async Task Guesses_at_the_current_password_must_wait_like_those_of_a_login()
    {
        await ChangeAsync(AliceBrowser, "not the password at all", Chosen);
        await MultiplyGuessesAsync();

        var answer = await ChangeAsync(AliceBrowser, Alice.Password, Chosen);

        Assert.True(answer.Has("too many wrong passwords"), answer.Text);
        Assert.Empty(await AuditAsync(AuditEventType.PasswordChanged));
    }

    [Fact]
    public async Task In_a_stale_session_a_factor_must_be_proven_again()
    {
        var form = await AliceBrowser.GoAsync("/account/password", Ct);
        Issuer.Clock.Advance(TimeSpan.FromMinutes(16));

        var looked = await AliceBrowser.GoAsync("/account/password", Ct);
        var posted = await Fill(form, Alice.Password, Chosen, Chosen).PressAsync("Change the password", Ct);

        Assert.True(looked.HasField("Authentication code") && posted.HasField("Authentication code"), $"{looked} {posted}");
        Assert.Empty(await AuditAsync(AuditEventType.PasswordChanged));
    }

    [Fact]
    public async Task A_person_without_a_local_password_can_change_none()
    {
        await using var db = Database.CreateContext();
        await db.People.ExecuteUpdateAsync(set => set.SetProperty(person => person.PasswordHash, (string?)null), Ct);

        var account = await AliceBrowser.GoAsync("/account", Ct);
        var page = await AliceBrowser.GoAsync("/account/password", Ct);

        Assert.False(account.Has("Change your password"), account.Text);
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
    }

    private static async Task<Page> ChangeAsync(BrowserClient browser, string current, string chosen, string? repeated = null) =>
        await Fill(await browser.GoAsync("/account/password", Ct), current, chosen, repeated ?? chosen)
            .PressAsync("Change the password", Ct);

    private static Page Fill(Page form, string current, string chosen, string repeated) =>
        form.Fill("Current password", current).Fill("New password", chosen).Fill("Repeat the password", repeated);

    private async Task<Page> TypeAsync(string password)
    {
        using var browser = Issuer.CreateBrowser();
        return await (await browser.GoAsync("/account", Ct)).Fill("Username", "alice").Fill("Password", password).PressAsync("Sign in", Ct);
    }
}

public sealed class ChangePasswordTestsOnSqlite(ClassIssuer shared) : ChangePasswordTests(shared, postgres: false);

public sealed class ChangePasswordTestsOnPostgres(ClassIssuer shared) : ChangePasswordTests(shared, postgres: true);
