using System.Text.Json;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

public abstract class ReportPagesTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    [Fact]
    public async Task Who_is_in_a_group_and_how_they_last_signed_in()
    {
        using var root = await AdministratorAsync();
        await Issuer.AddAccountAsync("bob", Ct, "platform");

        var everybody = await root.GoAsync("/admin/reports", Ct);
        var admins = await root.GoAsync("/admin/reports?group=admins", Ct);

        Assert.Equal(["alice", "bob", "root"], NamesOn(everybody));
        Assert.Equal(["root"], NamesOn(admins));
        Assert.True(admins.Has("pwd otp mfa") && admins.Has("1 second factor"), admins.Text);
        Assert.True(everybody.Has("Has never signed in"), everybody.Text);
    }

    [Fact]
    public async Task A_person_who_could_and_has_not_signed_in_for_long_is_dormant()
    {
        await Issuer.AddAccountAsync("bob", Ct);
        await Issuer.AddAccountAsync("carol", Ct);
        await Issuer.Services.GetRequiredService<PersonStore>().DisableAsync(new PersonId(await IdOfAsync("carol")), Actor.CommandLine, Ct);
        Issuer.Clock.Advance(TimeSpan.FromDays(100));
        using var root = await AdministratorAsync();

        Assert.Equal(["alice", "bob"], NamesOn(await root.GoAsync("/admin/reports?dormant=90", Ct)));
        Assert.Equal([], NamesOn(await root.GoAsync("/admin/reports?dormant=180", Ct)));

        // Everybody who has a one-time code can type it into a forged page.
        Assert.Equal(["alice", "bob", "root"], NamesOn(await root.GoAsync("/admin/reports?weak=true", Ct)));
    }

    [Fact]
    public async Task A_report_is_saved_for_a_spreadsheet_or_a_script()
    {
        using var root = await AdministratorAsync();
        await Issuer.AddAccountAsync("mallory", Ct, "=HYPERLINK(\"https://evil.example\",\"a\")");

        var csv = await root.GoAsync("/admin/reports?format=Csv", Ct);
        var json = await root.GoAsync("/admin/reports?format=Json&group=admins", Ct);

        Assert.Equal(("text/csv", "attachment; filename=\"kubeidp-people.csv\""),
            (csv.Response.Content.Headers.ContentType?.MediaType, $"{csv.Response.Content.Headers.ContentDisposition}"));
        Assert.True(csv.Response.Headers.CacheControl?.NoStore);
        var lines = csv.Content.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("\"username\",\"id\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"'=HYPERLINK(\"\"https://evil.example\"\",\"\"a\"\")\"", lines[2], StringComparison.Ordinal);
        var only = Assert.Single(JsonDocument.Parse(json.Content).RootElement.EnumerateArray());
        Assert.Equal(("root", "active", 1, "pwd otp mfa", false), (
            only.GetProperty("username").GetString(), only.GetProperty("status").GetString(), only.GetProperty("factors").GetInt32(),
            only.GetProperty("lastLoginAmr").GetString(), only.GetProperty("phishingResistant").GetBoolean()));
    }

    [Fact]
    public async Task Sessions_are_counted_by_client()
    {
        using var auditor = await AuditorAsync();

        var page = await auditor.GoAsync("/admin/reports/clients", Ct);
        var csv = await auditor.GoAsync("/admin/reports/clients?format=Csv", Ct);

        Assert.True(page.Has("1 live session · 1 person"), page.Text);
        var lines = csv.Content.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, line => line.StartsWith("\"kubernetes\",\"kubernetes\",\"1\",\"1\",", StringComparison.Ordinal));
        Assert.Contains("\"web\",\"web\",\"0\",\"0\",,", lines);
    }

    [Fact]
    public async Task Those_who_may_not_look_get_no_file()
    {
        foreach (var path in (string[])["/admin/reports?format=Csv", "/admin/reports/clients?format=Json"])
        {
            var answer = await AliceBrowser.GoAsync(path, Ct);
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.Status);
        }
    }

    [Fact]
    public async Task More_than_a_page_has_a_next_one()
    {
        using var root = await AdministratorAsync();
        await using (var context = Database.CreateContext())
        {
            for (var i = 0; i < 60; i++)
                context.Add(
                    new Person { Connector = "corp", UpstreamId = $"{i}", UserName = $"person{i:D2}", NormalizedUserName = $"person{i:D2}",
                        CreatedAt = Issuer.Clock.GetUtcNow() });
            await context.SaveChangesAsync(Ct);
        }

        var first = await root.GoAsync("/admin/reports?upstream=corp", Ct);
        var second = await first.FollowAsync("Next page", Ct);

        Assert.Equal((50, 10), (NamesOn(first).Count(), NamesOn(second).Count()));
        Assert.Equal("person50", NamesOn(second).First());
        var csv = await root.GoAsync("/admin/reports?upstream=corp&format=Csv", Ct);
        Assert.Equal(61, csv.Content.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static IEnumerable<string> NamesOn(Page page) =>
        page.Document.QuerySelectorAll(".entries h2 a").Select(link => link.TextContent);
}

public sealed class ReportPagesTestsOnSqlite(ClassIssuer shared) : ReportPagesTests(shared, postgres: false);

public sealed class ReportPagesTestsOnPostgres(ClassIssuer shared) : ReportPagesTests(shared, postgres: true);
