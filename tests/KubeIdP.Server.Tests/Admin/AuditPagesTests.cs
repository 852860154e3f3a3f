using KubeIdP.Data.Audit;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

public abstract class AuditPagesTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    [Fact]
    public async Task Audit_events_are_found_by_type_person_session_client_address_and_time()
    {
        using var carol = await SignInAsync("carol", "::ffff:198.51.100.9");
        Issuer.Clock.Advance(TimeSpan.FromDays(2));
        var later = Issuer.Clock.GetUtcNow();
        using var root = await AdministratorAsync();
        await ActAsync(root, "carol", "Disable", "left");
        await using var db = Database.CreateContext();
        var alice = await IdOfAsync("alice");
        var session = await db.Sessions.Where(of => of.PersonId == alice).Select(of => of.Id).SingleAsync(Ct);

        Assert.Equal(["person.disabled"], await TypesAsync("type=person.disabled"));
        Assert.Equal(["person.disabled", "login.succeeded", "factor.enrolled", "person.added"],
            (await TypesAsync("person=CAROL")).Except(["session.ended"]));
        Assert.Equal(["person.disabled"], (await TypesAsync($"person={await IdOfAsync("root")}&type=person.disabled")));
        Assert.Equal(["login.succeeded"], await TypesAsync($"session={session}"));
        Assert.Equal(["factor.enrolled", "login.succeeded"], (await TypesAsync("client=kubernetes")).Order());
        foreach (var spelling in (string[])["198.51.100.9", "::ffff:198.51.100.9", "198.51.100.8/30"])
            Assert.Equal(["factor.enrolled", "login.succeeded"], (await TypesAsync($"address={Uri.EscapeDataString(spelling)}")).Order());
        Assert.Equal([], await TypesAsync("address=198.51.100.12/30"));
        Assert.Equal([], await TypesAsync("address=somewhere"));
        Assert.Equal(["person.disabled"], (await TypesAsync($"from={later:yyyy-MM-ddTHH:mm}&person=carol")).Except(["session.ended"]));
        Assert.DoesNotContain("person.disabled", await TypesAsync($"until={later:yyyy-MM-ddTHH:mm}"));
        Assert.Equal([], await TypesAsync("person=nobody"));

        async Task<IReadOnlyList<string>> TypesAsync(string query) => TypesOn(await root.GoAsync($"/admin/audit?{query}", Ct));
    }

    // What is counted is a customer, whom IPv6 gives a network.
    [Fact]
    public async Task Guesses_from_a_network_are_found_by_it_and_by_any_address_in_it()
    {
        using var root = await AdministratorAsync();
        await using (var db = Database.CreateContext())
        {
            foreach (var address in (string?[])["2001:db8:1:2::/64", "others", "unknown", null])
                db.AuditEvents.Add(
                    new AuditEvent { At = Issuer.Clock.GetUtcNow(), Type = AuditEventType.LoginSpraying, Address = address, Code = [] });
            await db.SaveChangesAsync(Ct);
        }

        foreach (var (address, found) in ((string, int)[])[("2001:DB8:1:2::5", 1), ("2001:db8:1:2::/64", 1), ("2001:db8::/32", 1),
            ("2001:db8:1:3::5", 0), ("2001:db8:1:3::/64", 0), ("0.0.0.0/0", 0)])
            Assert.Equal((address, found),
                (address, TypesOn(
                    await root.GoAsync($"/admin/audit?type=login.spraying&address={Uri.EscapeDataString(address)}", Ct)).Count));
    }

    [Fact]
    public async Task An_audit_event_says_who_whom_from_where_and_why()
    {
        using var root = await AdministratorAsync();
        await ActAsync(root, "alice", "Disable", "left <the> company");

        var page = await root.GoAsync("/admin/audit?type=person.disabled", Ct);

        Assert.True(page.Has("by root") && page.Has("to alice") && page.Has("from 203.0.113.5") && page.Has("Reason: left <the> company"),
            page.Text);
        Assert.Contains((await AuditAsync(AuditEventType.PersonDisabled)).Single().Reference!, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_lead_through_every_audit_event_once()
    {
        using var root = await AdministratorAsync();
        await using (var db = Database.CreateContext())
        {
            var now = Issuer.Clock.GetUtcNow();
            for (var i = 0; i < 250; i++)
                db.AuditEvents.Add(
                    new AuditEvent { At = now.AddMilliseconds(i / 20), Type = AuditEventType.RefreshRefused, Detail = $"number {i}",
                        Code = [] });
            await db.SaveChangesAsync(Ct);
        }

        var page = await root.GoAsync("/admin/audit?type=refresh.refused", Ct);
        var seen = DetailsOn(page).ToList();
        while (page.Document.QuerySelector("a[rel=next]") is not null)
        {
            page = await page.FollowAsync("Next page", Ct);
            seen.AddRange(DetailsOn(page));
        }

        Assert.Equal(Enumerable.Range(0, 250).Reverse().Select(i => $"number {i}"), seen);

        static IEnumerable<string> DetailsOn(Page page) =>
            page.Document.QuerySelectorAll(".entries p:last-child").Select(text => text.TextContent.Trim());
    }

    [Fact]
    public async Task Every_type_can_be_chosen()
    {
        using var root = await AdministratorAsync();
        var page = await root.GoAsync("/admin/audit", Ct);

        var offered = page.Document.QuerySelectorAll("#type option").Select(option => option.GetAttribute("value")).ToList();

        Assert.Contains(AuditEventType.RefreshReplayed, offered);
        Assert.Equal(AuditEventType.All.Count + 1, offered.Count);
    }

    private static List<string> TypesOn(Page page) =>
        [.. page.Document.QuerySelectorAll(".entries h3").Select(heading => heading.TextContent.Trim())];
}

public sealed class AuditPagesTestsOnSqlite(ClassIssuer shared) : AuditPagesTests(shared, postgres: false);

public sealed class AuditPagesTestsOnPostgres(ClassIssuer shared) : AuditPagesTests(shared, postgres: true);
