using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Tests.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Administration;

/// <summary>
/// Who may enter, and what for. All pages of the administration are found by their addresses, so a new one is among them.
/// </summary>
public abstract class AdminAccessTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    [Fact]
    public async Task A_stranger_is_sent_to_sign_in_and_comes_back_to_the_page()
    {
        await Issuer.AddAccountAsync("root", Ct, "admins");

        foreach (var path in await PathsAsync())
        {
            using var stranger = Issuer.CreateBrowser();
            Assert.True((await stranger.GoAsync(path, Ct)).HasField("Password"), path);
        }

        using var browser = Issuer.CreateBrowser();
        var account = await Issuer.AddAccountAsync("second", Ct, "admins");
        var page = await VisitAsync(browser, account, "/admin/people?search=ali");
        Assert.Equal("/admin/people?search=ali", page.Url.PathAndQuery);
        Assert.True(page.Has("alice") && !page.Has("root"), page.Text);
    }

    [Fact]
    public async Task Anybody_else_learns_that_they_may_not_and_nothing_more()
    {
        await Issuer.AddAccountAsync("root", Ct, "admins");
        using var browser = await SignInAsync("mallory", null, "admin", "auditor", "Admins");
        var answers = new HashSet<string>();

        foreach (var path in await PathsAsync())
        {
            foreach (var page in new[] { await browser.GoAsync(path, Ct), await PostAsync(browser, path, ("Reason", "because")) })
            {
                Assert.True(page.Status == HttpStatusCode.Forbidden, $"{path}: {page}");
                answers.Add(page.Text[..page.Text.IndexOf("Reference", StringComparison.Ordinal)]);
            }
        }

        Assert.Contains("ask an administrator", Assert.Single(answers), StringComparison.Ordinal);
        Assert.False((await browser.GoAsync("/account", Ct)).Has("Administration"));
    }

    [Fact]
    public async Task An_auditor_sees_everything_and_changes_nothing_by_any_form()
    {
        await Issuer.AddAccountAsync("root", Ct, "admins");
        using var browser = await AuditorAsync();
        await using var db = Database.CreateContext();
        var before = await StateAsync();

        var people = await browser.GoAsync("/admin/people", Ct);
        var alice = await people.FollowAsync("alice", Ct);
        var session = await alice.FollowAsync("Unknown browser", Ct);
        var audit = await browser.GoAsync("/admin/audit", Ct);
        foreach (var path in await PathsAsync())
        {
            foreach (var handler in new[] { "", "?handler=End", "?handler=EndGrant" })
                Assert.True(
                    (await PostAsync(browser, path + handler, ("Reason", "because"), ("Groups", "admins"),
                        ("Username", "new"))).Status == HttpStatusCode.Forbidden, path + handler);
        }

        Assert.All(new[] { people, alice, session, audit }, page => Assert.Equal(HttpStatusCode.OK, page.Status));
        Assert.All(new[] { people, alice, session, audit },
            page => Assert.Empty(page.Document.QuerySelectorAll("form[method=post], a[href$=disable]")));
        Assert.Equal(before, await StateAsync());

        async Task<string> StateAsync() => string.Join('\n', [
            .. (await db.People.AsNoTracking().OrderBy(person => person.Id).ToListAsync(Ct))
            .Select(person =>
                $"{person.Id} {person.FactorEpoch} {person.DisabledAt} {string.Join(',', person.Groups)} {person.InvitationExpiresAt}"),
            .. (await db.Sessions.AsNoTracking().OrderBy(session => session.Id).ToListAsync(Ct))
            .Select(session => $"{session.Id} {session.EndedAt}"),
            .. (await db.Grants.AsNoTracking().OrderBy(grant => grant.Id).ToListAsync(Ct)).Select(grant => $"{grant.Id} {grant.EndedAt}"),
            $"{await db.AuditEvents.CountAsync(Ct)}"]);
    }

    [Fact]
    public async Task Looking_changes_nothing()
    {
        using var browser = await AdministratorAsync();
        var before = await Database.CountRowsAsync(Ct);
        var epoch = (await PersonAsync("alice")).FactorEpoch;

        foreach (var path in await PathsAsync())
        {
            foreach (var handler in new[] { "", "?handler=End", "?handler=EndGrant&Reason=because" })
                Assert.True((int)(await browser.GoAsync(path + handler, Ct)).Status is 200 or 404, path);
        }

        Assert.Equal(before, await Database.CountRowsAsync(Ct));
        var alice = await PersonAsync("alice");
        Assert.Equal((epoch, null), (alice.FactorEpoch, alice.DisabledAt));
    }

    [Fact]
    public async Task A_form_of_another_site_is_refused()
    {
        using var browser = await AdministratorAsync();
        var alice = await IdOfAsync("alice");

        foreach (var path in await PathsAsync())
        {
            using var forged = new HttpRequestMessage(HttpMethod.Post,
                new Uri(Issuer.Issuer, path)) { Content = new FormUrlEncodedContent([KeyValuePair.Create("Reason", "because")]) };
            forged.Headers.Add("Origin", "https://evil.example");
            forged.Headers.Add("Sec-Fetch-Site", "cross-site");
            Assert.True((await browser.LoadAsync(forged, Ct)).Status == HttpStatusCode.BadRequest, path);
        }

        Assert.Null((await PersonAsync("alice")).DisabledAt);
        Assert.Equal(alice, await IdOfAsync("alice"));
    }

    [Fact]
    public async Task After_a_quarter_of_an_hour_a_factor_is_asked_for_again()
    {
        using var browser = await AdministratorAsync();
        var form = await (await browser.GoAsync($"/admin/people/{await IdOfAsync("alice")}", Ct)).FollowAsync("Disable", Ct);
        Issuer.Clock.Advance(TimeSpan.FromMinutes(16));

        var looked = await browser.GoAsync("/admin/people", Ct);
        var posted = await form.Fill("Reason", "because").PressAsync("Disable", Ct);

        Assert.True(looked.HasField("Authentication code") && posted.HasField("Authentication code"), $"{looked} {posted}");
        Assert.Null((await PersonAsync("alice")).DisabledAt);
    }

    [Fact]
    public async Task A_person_taken_out_of_the_group_loses_access_at_once()
    {
        using var root = await AdministratorAsync();
        using var second = await AdministratorAsync("second");
        var form = await (await second.GoAsync($"/admin/people/{await IdOfAsync("alice")}", Ct)).FollowAsync("Disable", Ct);

        var groups = await (await root.GoAsync($"/admin/people/{await IdOfAsync("second")}", Ct)).FollowAsync("Set groups", Ct);
        await groups.Fill("Groups", "dev").Fill("Reason", "changed teams").PressAsync("Set groups", Ct);
        var posted = await form.Fill("Reason", "because").PressAsync("Disable", Ct);

        Assert.Equal(HttpStatusCode.Forbidden, posted.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await second.GoAsync("/admin/sessions", Ct)).Status);
        Assert.Null((await PersonAsync("alice")).DisabledAt);
        Assert.Equal(["changed teams"], (await AuditAsync(AuditEventType.GroupsChanged)).Select(row => row.Reason));
    }

    [Fact]
    public async Task A_disabled_administrator_is_no_longer_signed_in()
    {
        using var root = await AdministratorAsync();
        using var second = await AdministratorAsync("second");

        await ActAsync(root, "second", "Disable");

        Assert.True((await second.GoAsync("/admin/sessions", Ct)).HasField("Password"));
    }

    [Fact]
    public async Task The_link_to_the_administration_is_shown_to_people_who_may_open_it()
    {
        using var root = await AdministratorAsync();
        using var auditor = await AuditorAsync();

        Assert.Equal("/admin/sessions", (await (await root.GoAsync("/account", Ct)).FollowAsync("Administration", Ct)).Url.AbsolutePath);
        Assert.Equal("/admin/sessions", (await auditor.GoAsync("/admin", Ct)).Url.AbsolutePath);
        Assert.True((await root.GoAsync("/", Ct)).Has("Administration"));
    }

    /// <summary>Every page under /admin, with alice and her session where one is named.</summary>
    private async Task<List<string>> PathsAsync()
    {
        await using var db = Database.CreateContext();
        var alice = await db.People.Where(person => person.UserName == "alice").Select(person => person.Id).SingleAsync(Ct);
        var session = await db.Sessions.Where(of => of.PersonId == alice).Select(of => of.Id).FirstAsync(Ct);
        var patterns = Issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Where(pattern => pattern.StartsWith("admin/", StringComparison.Ordinal)).Distinct().ToList();
        Assert.True(patterns.Count >= 7, string.Join(' ', patterns));

        string[] acts = [.. PersonActs.All.Select(act => act.Name)];
        return [.. patterns.SelectMany(pattern => pattern.Contains("{act}", StringComparison.Ordinal)
            ? acts.Select(act => pattern.Replace("{act}", act, StringComparison.Ordinal))
            : [pattern])
            .Select(pattern => "/" + pattern.Replace(
                "{id}", pattern.StartsWith("admin/sessions", StringComparison.Ordinal) ? session : alice, StringComparison.Ordinal))];
    }
}

public sealed class AdminAccessTestsOnSqlite(ClassIssuer shared) : AdminAccessTests(shared, postgres: false);

public sealed class AdminAccessTestsOnPostgres(ClassIssuer shared) : AdminAccessTests(shared, postgres: true);
