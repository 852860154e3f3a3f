using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Tests.Admin;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

/// <summary>
/// Somebody whose session was ended reads so on the page where they sign in again: kubelogin opens it, and does not show the refusal
/// itself.
/// </summary>
public abstract class EndedSessionTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    private const string Reason = "your laptop was reported stolen";

    private protected override Func<Settings, Settings> Change => settings =>
        base.Change(settings) with { Sessions = settings.Sessions with { IdleTimeout = TimeSpan.FromHours(1) } };

    [Fact]
    public async Task It_says_that_an_administrator_did_it_when_and_under_which_reference()
    {
        using var root = await AdministratorAsync();
        await EndAsync(root, tell: false);

        var page = await SignInPageAsync();

        var auditEvent = Assert.Single(await AuditAsync(AuditEventType.SessionEnded));
        await using var context = Issuer.Database.CreateContext();
        var endedAt = (await context.Sessions.AsNoTracking().SingleAsync(row => row.Id == auditEvent.SessionId, Ct)).EndedAt!.Value;
        Assert.True(page.Has($"An administrator ended your session: {endedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."), page.Text);
        Assert.True(page.Has($"Reference {auditEvent.Reference}"), page.Text);
        Assert.False(page.Has(Reason) || page.Has("Reason:"), page.Text);
        Assert.True(page.HasField("Password"));
    }

    [Fact]
    public async Task The_reason_is_shown_where_the_administrator_chose_so()
    {
        using var root = await AdministratorAsync();
        await EndAsync(root, tell: true);

        Assert.True((await SignInPageAsync()).Has($"Reason: {Reason}"));
        using var other = Issuer.CreateBrowser();
        Assert.False((await other.GoAsync("/account", Ct)).Has("session"));
    }

    [Fact]
    public async Task The_reason_is_shown_for_many_sessions_and_for_all_of_one_person()
    {
        using var carol = await SignInAsync("carol", null, "platform");
        using var root = await AdministratorAsync();
        var many = await root.GoAsync("/admin/sessions/end?group=platform", Ct);
        await many.Fill("Number of sessions", "1").Fill("Reason", Reason).Check(TellLabel).PressAsync("End all", Ct);
        var act = await root.GoAsync($"/admin/people/{await IdOfAsync("alice")}/disable", Ct);
        await act.Fill("Reason", "left <b>the</b> company").Check(TellLabel).PressAsync("Disable", Ct);

        Assert.True((await carol.GoAsync("/account", Ct)).Has($"Reason: {Reason}"));
        Assert.True((await SignInPageAsync()).Has("Reason: left <b>the</b> company"));
    }

    [Fact]
    public async Task A_person_who_ended_it_elsewhere_themself_reads_so()
    {
        using var laptop = Issuer.CreateBrowser();
        var account = await VisitAsync(laptop, Alice, "/account");
        await account.PressAsync("End all other sessions", Ct);

        var page = await SignInPageAsync();

        Assert.True(page.Has("You ended this session yourself"), page.Text);
    }

    [Fact]
    public async Task A_changed_password_idleness_and_the_longest_duration_are_shown()
    {
        using var laptop = Issuer.CreateBrowser();
        await VisitAsync(laptop, Alice, "/account");
        var form = await laptop.GoAsync("/account/password", Ct);
        await form.Fill("Current password", Alice.Password).Fill("New password", "seven quiet herons")
            .Fill("Repeat the password", "seven quiet herons").PressAsync("Change the password", Ct);
        Assert.True((await SignInPageAsync()).Has("because your password was changed"));

        using var idle = await SignInAsync("carol", null);
        Issuer.Clock.Advance(TimeSpan.FromHours(2));
        Assert.True((await idle.GoAsync("/account", Ct)).Has("because it was not used for too long"));
        await using var db = Database.CreateContext();
        await db.Sessions.ExecuteUpdateAsync(set => set.SetProperty(session => session.EndsAt, Issuer.Clock.GetUtcNow().AddMinutes(-90)),
            Ct);
        Assert.True((await idle.GoAsync("/account", Ct)).Has("reached its maximum duration"));
    }

    // What is done to a person stamps all of their sessions, those too that were over by then.
    [Fact]
    public async Task What_had_ended_by_itself_was_not_ended_by_an_administrator_later()
    {
        using var idle = await SignInAsync("carol", null);
        using var longest = await SignInAsync("dave", null);
        Issuer.Clock.Advance(TimeSpan.FromHours(2));
        var over = Issuer.Clock.GetUtcNow();
        var dave = await IdOfAsync("dave");
        await using (var db = Database.CreateContext())
            await db.Sessions.Where(session => session.PersonId == dave)
                .ExecuteUpdateAsync(set => set.SetProperty(session => session.EndsAt, over.AddHours(-1.5)), Ct);
        using var root = await AdministratorAsync();
        foreach (var name in (string[])["carol", "dave"]) await ActAsync(root, name, "Disable");

        var (unused, ranOut) = (await idle.GoAsync("/account", Ct), await longest.GoAsync("/account", Ct));

        Assert.True(unused.Has("because it was not used for too long") && !unused.Has("administrator"), unused.Text);
        Assert.True(ranOut.Has($"reached its maximum duration: {over.AddHours(-1.5).UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")
            && !ranOut.Has("administrator"), ranOut.Text);
    }

    // The one that comes first is the one that ended it.
    [Fact]
    public async Task A_session_that_was_idle_long_before_its_longest_duration_ended_by_that()
    {
        using var idle = await SignInAsync("carol", null);
        Issuer.Clock.Advance(TimeSpan.FromHours(2));
        var (over, carol) = (Issuer.Clock.GetUtcNow(), await IdOfAsync("carol"));
        await using (var db = Database.CreateContext())
            await db.Sessions.Where(session => session.PersonId == carol)
                .ExecuteUpdateAsync(set => set.SetProperty(session => session.EndsAt, over.AddMinutes(-15)), Ct);

        Assert.True((await idle.GoAsync("/account", Ct)).Has("because it was not used for too long"));
    }

    [Fact]
    public async Task Of_a_reason_that_an_administrator_tells_also_those_read_whose_session_had_ended_by_itself()
    {
        using var idle = await SignInAsync("carol", null);
        Issuer.Clock.Advance(TimeSpan.FromHours(2));
        using var root = await AdministratorAsync();
        var act = await root.GoAsync($"/admin/people/{await IdOfAsync("carol")}/disable", Ct);
        await act.Fill("Reason", Reason).Check(TellLabel).PressAsync("Disable", Ct);

        Assert.True((await idle.GoAsync("/account", Ct)).Has($"Reason: {Reason}"));
    }

    // The holder of the link chose the new password: that need not be the person.
    [Fact]
    public async Task An_accepted_invitation_is_shown_as_what_it_is()
    {
        await using (var db = Database.CreateContext())
        {
            await db.Sessions.Where(session => session.EndedAt == null).ExecuteUpdateAsync(set => set
                .SetProperty(session => session.EndedAt, Issuer.Clock.GetUtcNow())
                .SetProperty(session => session.EndedBy, session => session.PersonId)
                .SetProperty(session => session.EndedWhy, GrantEnd.InvitationAccepted), Ct);
        }

        var page = await SignInPageAsync();

        Assert.True(
            page.Has("Your session was ended because an invitation was used to set a new password and second factor for your account")
                && !page.Has("yourself"), page.Text);
    }

    [Fact]
    public async Task A_person_who_signed_out_or_is_signed_in_reads_nothing_of_it()
    {
        using var carol = await SignInAsync("carol", null);
        await (await carol.GoAsync("/logout", Ct)).PressAsync("Sign out", Ct);
        using var client = Issuer.CreateClient();

        var signedOut = await carol.GoAsync("/account", Ct);
        var again = await AliceBrowser.GoAsync(client.AuthorizeUrl(("prompt", "login")), Ct);

        Assert.All((Page[])[signedOut, again], page => Assert.True(page.HasField("Password") && !page.Has("session"), page.Text));
    }

    private const string TellLabel = "Show this text to the people whose sessions end, when they sign in again";

    private static async Task EndAsync(BrowserClient root, bool tell)
    {
        var page = await (await root.GoAsync("/admin/sessions?person=alice", Ct)).FollowAsync("alice", Ct);
        page.Fill("Reason", Reason);
        if (tell) page.Check(TellLabel);
        Assert.True((await page.PressAsync("End this session", Ct)).Has("Session ended"));
    }

    /// <summary>Where kubelogin takes alice's browser.</summary>
    private async Task<Page> SignInPageAsync()
    {
        using var client = Issuer.CreateClient();
        return await AliceBrowser.GoAsync(client.AuthorizeUrl(), Ct);
    }
}

public sealed class EndedSessionTestsOnSqlite(ClassIssuer shared) : EndedSessionTests(shared, postgres: false);

public sealed class EndedSessionTestsOnPostgres(ClassIssuer shared) : EndedSessionTests(shared, postgres: true);
