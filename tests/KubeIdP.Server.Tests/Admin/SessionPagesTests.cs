using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Issuers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

public abstract class SessionPagesTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    [Fact]
    public async Task Sessions_are_found_by_person_group_cluster_address_age_and_factor()
    {
        using var carol = await SignInAsync("carol", "::ffff:198.51.100.9", "platform");
        Issuer.Clock.Advance(TimeSpan.FromHours(9));
        using var dave = await SignInAsync("dave", "198.51.100.10", "platform-team");
        using var root = await AdministratorAsync();

        Assert.Equal(["root", "dave", "carol", "alice"], await NamesAsync(""));
        Assert.Equal(["carol"], await NamesAsync("person=CAR"));
        Assert.Equal(["carol"], await NamesAsync("person=carol%40example"));
        Assert.Equal(["carol"], await NamesAsync("group=platform"));
        Assert.Equal(["alice"], await NamesAsync("client=kubernetes"));
        Assert.Equal([], await NamesAsync("client=web"));
        Assert.Equal(["dave"], await NamesAsync("address=198.51.100.10"));
        foreach (var spelling in (string[])["198.51.100.9", "::FFFF:C633:6409", "198.051.100.009", "198.51.100.9/32", "198.51.100.8/31"])
            Assert.Equal(["carol"], await NamesAsync($"address={Uri.EscapeDataString(spelling)}"));
        Assert.Equal(["dave", "carol"], await NamesAsync("address=::ffff:198.51.100.0/120"));
        Assert.Equal([], await NamesAsync("address=198.51.100.0/29"));
        Assert.Equal([], await NamesAsync("address=somewhere"));
        Assert.True((await root.GoAsync("/admin/sessions?address=198.51", Ct)).Has("neither an IP address nor a network"));

        // A filter that is left out means everybody.
        foreach (var address in (string[])["/admin/sessions?age=abc", "/admin/sessions/end?person=alice&age=7",
            "/admin/reports?dormant=abc", "/admin/reports?dormant=0", "/admin/people?status=abc", "/admin/audit?from=abc",
            "/admin/audit?until=31.2.2026", "/admin/audit?until=03/04/2026", "/admin/audit?from=9:00"])
            Assert.Equal(HttpStatusCode.BadRequest, (await root.GoAsync(address, Ct)).Status);
        Assert.True((await root.GoAsync("/admin/sessions/end?address=198.51", Ct)).Has("No live session matches the filter."));
        Assert.Equal(["root", "dave"], await NamesAsync("age=LastHour"));
        Assert.Equal(["carol", "alice"], await NamesAsync("age=OverEightHours"));
        Assert.Equal([], await NamesAsync("age=OverDay"));
        Assert.Equal(["root", "dave", "carol", "alice"], await NamesAsync("factor=otp"));
        Assert.Equal([], await NamesAsync("factor=hwk"));
        Assert.Equal([], await NamesAsync("factor=ot"));
        Assert.Equal(["carol"], await NamesAsync("group=platform&age=OverEightHours&address=198.51.100.9&factor=mfa"));

        async Task<IEnumerable<string>> NamesAsync(string query) => NamesOn(await root.GoAsync($"/admin/sessions?{query}", Ct));
    }

    [Fact]
    public async Task Sessions_by_device_code_are_marked_and_found()
    {
        using var carol = await SignInAsync("carol", "198.51.100.9", "platform");
        using var root = await AdministratorAsync();
        await using (var db = Database.CreateContext())
            await db.Database.ExecuteSqlAsync($"UPDATE sessions SET kind = 1 WHERE address = '198.51.100.9'", Ct);

        var device = await root.GoAsync("/admin/sessions?kind=Device", Ct);

        Assert.Equal(["carol"], NamesOn(device));
        Assert.True(device.Has("device code from 198.51.100.9"), device.Text);
        Assert.Equal(["root", "alice"], NamesOn(await root.GoAsync("/admin/sessions?kind=Browser", Ct)));
        Assert.Equal(HttpStatusCode.BadRequest, (await root.GoAsync("/admin/sessions?kind=abc", Ct)).Status);
        Assert.True((await device.FollowAsync("End all of these sessions", Ct)).Has("1"), "only hers would end");
        Assert.Equal("device code", (await device.FollowAsync("carol", Ct)).Document.QuerySelectorAll("h1 .badge")[^1].TextContent);
    }

    [Fact]
    public async Task All_that_a_filter_means_end_by_one_form_in_which_their_number_is_typed()
    {
        using var carol = await SignInAsync("carol", "198.51.100.9", "platform");
        using var dave = await SignInAsync("dave", "198.51.100.10", "platform");
        using var root = await AdministratorAsync();

        var list = await root.GoAsync("/admin/sessions?group=platform", Ct);
        var form = await list.FollowAsync("End all of these sessions", Ct);
        var wrong = await form.Fill("Number of sessions", "3").Fill("Reason", "a stolen bag").PressAsync("End all", Ct);
        var unreasoned = await wrong.Fill("Number of sessions", "2").Fill("Reason", " ").PressAsync("End all", Ct);
        Assert.Equal(["dave", "carol"], NamesOn(await root.GoAsync("/admin/sessions?group=platform", Ct)));
        var done = await unreasoned.Fill("Number of sessions", "2").Fill("Reason", "a stolen bag").PressAsync("End all", Ct);

        Assert.True(form.Has("platform"));
        Assert.True(wrong.Has("it is 2. Nothing was ended."));
        Assert.True(done.Has("2 sessions have ended."));
        Assert.Equal("/admin/sessions", done.Url.AbsolutePath);
        Assert.Equal(["root", "alice"], NamesOn(await root.GoAsync("/admin/sessions", Ct)));
        await using var db = Database.CreateContext();
        var auditEvents = await db.AuditEvents.Where(auditEvent => auditEvent.Type == AuditEventType.SessionEnded
            && auditEvent.Reason == "a stolen bag").ToListAsync(Ct);
        Assert.Equal(2, auditEvents.Select(auditEvent => auditEvent.SessionId).Distinct().Count());
        Assert.True((await root.GoAsync("/admin/sessions/end?group=platform", Ct)).Has("No live session matches the filter."));
        Assert.True((await root.GoAsync("/admin/sessions/end", Ct)).Has("including your own"));
    }

    [Fact]
    public async Task What_follows_from_an_end_is_said_of_the_clients_that_those_sessions_reached()
    {
        using var nowhere = await SignInAsync("nowhere", null);
        var carol = await Issuer.AddAccountAsync("carol", Ct);
        using var browser = Issuer.CreateBrowser();
        using var web = Issuer.CreateClient("web", "https://app.example.test/callback", InMemoryIssuer.WebSecret);
        await web.LogInAsync(browser, carol, Ct);
        using var root = await AdministratorAsync();

        var (none, cluster, application, everybody) = (await PageAsync("?person=nowhere"), await PageAsync("?person=alice"),
            await PageAsync("?person=carol"), await PageAsync(""));

        Assert.True(none.Has("End all") && !none.Has("Tokens that were issued before") && !none.Has("API server"), none.Text);
        Assert.True(cluster.Has("kubernetes: its API servers") && cluster.Has("port-forward") && !cluster.Has("web application"),
            cluster.Text);
        Assert.True(application.Has("web: a web application") && !application.Has("API server") && !application.Has("port-forward"),
            application.Text);
        Assert.True(everybody.Has("kubernetes: its API servers") && everybody.Has("web: a web application")
            && !everybody.Has("kubernetes-es"), everybody.Text);

        Task<Page> PageAsync(string filter) => root.GoAsync($"/admin/sessions/end{filter}", Ct);
    }

    [Fact]
    public async Task A_filter_for_one_client_does_not_hide_the_others_that_its_sessions_reached()
    {
        using var web = Issuer.CreateClient("web", "https://app.example.test/callback", InMemoryIssuer.WebSecret);
        await web.LogInAsync(AliceBrowser, Alice, Ct);
        using var root = await AdministratorAsync();

        var page = await root.GoAsync("/admin/sessions/end?client=web", Ct);

        Assert.True(page.Has("kubernetes: its API servers") && page.Has("web: a web application"), page.Text);
    }

    [Fact]
    public async Task What_is_over_is_not_among_them()
    {
        using var carol = await SignInAsync("carol", null);
        await (await carol.GoAsync("/logout", Ct)).PressAsync("Sign out", Ct);
        Issuer.Clock.Advance(TimeSpan.FromHours(12.1));
        using var root = await AdministratorAsync();

        Assert.Equal(["root"], NamesOn(await root.GoAsync("/admin/sessions", Ct)));
    }

    [Fact]
    public async Task Pages_lead_through_every_session_once_although_new_ones_begin()
    {
        using var root = await AdministratorAsync();
        await SeedSessionsAsync(120);

        var page = await root.GoAsync("/admin/sessions?address=192.0.2.99", Ct);
        var seen = IdsOn(page).ToList();
        await SeedSessionsAsync(10);
        while (page.Document.QuerySelector("a[rel=next]") is not null)
        {
            page = await page.FollowAsync("Next page", Ct);
            seen.AddRange(IdsOn(page));
        }

        Assert.Equal(120, seen.Count);
        Assert.Equal(120, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_session_in_detail_says_device_address_factor_grants_and_what_happened()
    {
        using var browser = Issuer.CreateBrowser("192.0.2.7");
        browser.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0");
        using var client = Issuer.CreateClient();
        var tokens = await client.LogInAsync(browser, Alice, Ct, ("scope", "openid offline_access"));
        Assert.True((await client.RefreshAsync(tokens.RefreshToken!, Ct)).IsSuccess);
        using var root = await AdministratorAsync();

        var list = await root.GoAsync("/admin/sessions?address=192.0.2.7", Ct);
        var page = await list.FollowAsync("alice", Ct);

        foreach (var words in new[] { "Firefox on Android", "192.0.2.7", "pwd otp mfa", "kubernetes Live", "1 refresh", "login.succeeded",
            "within 70 s", "exec" })
            Assert.True(page.Has(words), $"{words}: {page.Text}");
    }

    [Fact]
    public async Task A_session_ends_in_two_clicks_and_a_reason()
    {
        using var root = await AdministratorAsync();

        var page = await (await root.GoAsync("/admin/sessions", Ct)).FollowAsync("alice", Ct);
        var ended = await page.Fill("Reason", "laptop stolen").PressAsync("End this session", Ct);

        Assert.True(ended.Has("Session ended") && ended.Has("by root: ended by an administrator") && ended.Has("laptop stolen")
            && !ended.HasButton("End this session"), ended.Text);
        Assert.True((await AliceBrowser.GoAsync("/account", Ct)).HasField("Password"));
        using var client = Issuer.CreateClient();
        Assert.Equal("invalid_grant", (await client.RefreshAsync(AliceTokens.RefreshToken!, Ct)).Error);
        var row = Assert.Single(await AuditAsync(AuditEventType.SessionEnded));
        Assert.Equal(
            (await IdOfAsync("root"), await IdOfAsync("alice"), "203.0.113.5", GrantEnd.EndedByAdministrator, "laptop stolen"),
            (row.Actor, row.PersonId, row.Address, row.Detail, row.Reason));
        Assert.NotNull(row.SessionId);
    }

    [Fact]
    public async Task To_end_twice_is_to_end_once()
    {
        using var root = await AdministratorAsync();
        using var second = await AdministratorAsync("second");
        var pages = new List<Page>();
        foreach (var browser in new[] { root, second })
            pages.Add((await (await browser.GoAsync("/admin/sessions", Ct)).FollowAsync("alice", Ct)).Fill("Reason", "because"));

        var answers = await Task.WhenAll(pages.Select(page => page.PressAsync("End this session", Ct)));

        Assert.All(answers, page => Assert.True(page.Has("Session ended"), page.Text));
        Assert.Single(await AuditAsync(AuditEventType.SessionEnded));
    }

    [Fact]
    public async Task One_grant_ends_and_the_session_stays()
    {
        using var client = Issuer.CreateClient("web", "https://app.example.test/callback", InMemoryIssuer.WebSecret);
        var web = await client.LogInAsync(AliceBrowser, Alice, Ct, ("scope", "openid offline_access"));
        using var root = await AdministratorAsync();
        var page = await (await root.GoAsync("/admin/sessions?client=web", Ct)).FollowAsync("alice", Ct);
        Assert.True(page.Has("web: a web application with its own sessions"), page.Text);

        // The latest grant stands first.
        var ended = await page.Fill("Reason", "application retired").PressAsync("End grant", Ct);

        Assert.True(ended.HasButton("End this session") && ended.Has("ended by an administrator"), ended.Text);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(web.RefreshToken!, Ct)).Error);
        using var kubectl = Issuer.CreateClient();
        Assert.True((await kubectl.RefreshAsync(AliceTokens.RefreshToken!, Ct)).IsSuccess);
        Assert.True((await AliceBrowser.GoAsync("/account", Ct)).Has("Your account"));
        var row = Assert.Single(await AuditAsync(AuditEventType.GrantEnded));
        Assert.Equal((await IdOfAsync("alice"), "web", "application retired"), (row.PersonId, row.ClientId, row.Reason));
    }

    [Fact]
    public async Task Nothing_ends_without_a_reason()
    {
        using var root = await AdministratorAsync();
        var page = await (await root.GoAsync("/admin/sessions", Ct)).FollowAsync("alice", Ct);

        var session = await page.Fill("Reason", " ").PressAsync("End this session", Ct);
        var grant = await page.Fill("Reason", " ").PressAsync("End grant", Ct);

        Assert.True(session.Has("Nothing has been changed") && grant.Has("Nothing has been changed"), $"{session} {grant}");
        Assert.Empty(await AuditAsync(AuditEventType.SessionEnded));
        Assert.Empty(await AuditAsync(AuditEventType.GrantEnded));
    }

    [Fact]
    public async Task A_grant_is_ended_in_its_own_session_alone()
    {
        using var root = await AdministratorAsync();
        await using var db = Database.CreateContext();
        var grant = await db.Grants.Select(of => of.Id).SingleAsync(Ct);
        var rootId = await IdOfAsync("root");
        var rootsSession = await db.Sessions.Where(session => session.PersonId == rootId).Select(session => session.Id).SingleAsync(Ct);

        var answer = await PostAsync(root, $"/admin/sessions/{rootsSession}?handler=EndGrant", ("Reason", "because"), ("grant", grant));

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await root.GoAsync($"/admin/sessions/{new string('0', 32)}", Ct)).Status);
        Assert.Equal(HttpStatusCode.NotFound,
            (await PostAsync(root, $"/admin/sessions/{new string('0', 32)}?handler=End", ("Reason", "because"))).Status);
        Assert.Empty(await AuditAsync(AuditEventType.GrantEnded));
    }

    [Fact]
    public async Task An_administrator_who_reads_German_is_answered_in_German()
    {
        using var root = await AdministratorAsync();
        root.Headers.AcceptLanguage.ParseAdd("de-AT,en;q=0.5");

        var list = await root.GoAsync("/admin/sessions", Ct);
        var ended = await (await list.FollowAsync("alice", Ct)).Fill("Begründung", "Laptop gestohlen")
            .PressAsync("Diese Sitzung beenden", Ct);

        Assert.True(list.Has("Wer angemeldet ist") && list.Has("Verwaltung"), list.Text);
        Assert.True(ended.Has("Sitzung beendet") && ended.Has("innerhalb von 70 s") && ended.Has("Begründung: Laptop gestohlen")
            && ended.Has("von der Administration beendet"), ended.Text);
    }

    [Fact]
    public async Task A_cursor_that_nobody_made_is_the_first_page()
    {
        using var root = await AdministratorAsync();

        foreach (var cursor in new[] { "x", "1-", "-", "99999999999999999999-a", "1'--" })
            Assert.Equal(["root", "alice"], NamesOn(await root.GoAsync($"/admin/sessions?cursor={cursor}", Ct)));
        Assert.Equal(HttpStatusCode.OK, (await root.GoAsync("/admin/audit?cursor=zzz", Ct)).Status);
    }

    private static IEnumerable<string> NamesOn(Page page) =>
        page.Document.QuerySelectorAll(".entries h3 a").Select(link => link.TextContent);

    private static IEnumerable<string> IdsOn(Page page) =>
        page.Document.QuerySelectorAll(".entries h3 a").Select(link => link.GetAttribute("href")!);

    private async Task SeedSessionsAsync(int count)
    {
        var alice = await IdOfAsync("alice");
        await using var db = Database.CreateContext();
        var now = Issuer.Clock.GetUtcNow();
        for (var i = 0; i < count; i++)
        {
            db.Sessions.Add(new Session
            {
                // Several end at the same moment, as sessions do.
                Id = Guid.NewGuid().ToString("N"), PersonId = alice, AuthTime = now, Amr = "pwd otp mfa", Address = "192.0.2.99",
                    LastSeenAt = now,
                EndsAt = DateTimeOffset.FromUnixTimeMilliseconds(now.AddHours(12).ToUnixTimeMilliseconds() + (i / 30)),
            });
        }

        await db.SaveChangesAsync(Ct);
    }
}

public sealed class SessionPagesTestsOnSqlite(ClassIssuer shared) : SessionPagesTests(shared, postgres: false);

public sealed class SessionPagesTestsOnPostgres(ClassIssuer shared) : SessionPagesTests(shared, postgres: true);
