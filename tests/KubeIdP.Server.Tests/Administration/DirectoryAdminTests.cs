using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Administration;

/// <summary>Administrators whose accounts are in a directory: their pages go by the directory as it is now, as tokens do.</summary>
public abstract class DirectoryAdminTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    [Fact]
    public async Task A_person_taken_out_of_the_group_loses_access_within_a_minute()
    {
        var (alice, browser) = await AdministratorAsync();
        Corp.Change(alice.UpstreamId, person => person with { Groups = ["kube-auditors"] });

        var within = await browser.GoAsync("/admin/people/add", Ct);
        Later(61);
        var after = await browser.GoAsync("/admin/people/add", Ct);
        var looking = await browser.GoAsync("/admin/people", Ct);
        Corp.Change(alice.UpstreamId, person => person with { Groups = ["platform"] });
        Later(61);
        var gone = await browser.GoAsync("/admin/people", Ct);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.Forbidden),
            (within.Status, after.Status, looking.Status, gone.Status));
    }

    [Fact]
    public async Task An_administrator_whom_the_directory_refuses_is_signed_out()
    {
        var (alice, browser) = await AdministratorAsync();
        Corp.Set(alice.UpstreamId, new UpstreamAnswer.Refused(Refusal.Disabled));

        Later(61);
        var refused = await browser.GoAsync("/admin/people", Ct);
        var next = await browser.GoAsync("/admin/people", Ct);

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.True(next.HasField("Password"), next.ToString());
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_lets_them_continue_for_the_grace_and_then_no_longer()
    {
        var (alice, browser) = await AdministratorAsync();
        Corp.Set(alice.UpstreamId, new UpstreamAnswer.Unreachable("down"));

        Later(14 * 60);
        var within = await browser.GoAsync("/admin/people", Ct);
        Later(2 * 60);
        var after = await browser.GoAsync("/admin/people", Ct);
        var account = await browser.GoAsync("/account", Ct);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK),
            (within.Status, after.Status, account.Status));
        Assert.True(after.Has("a directory that does not answer"), after.ToString());
        Assert.Equal("30", after.Response.Headers.RetryAfter?.ToString());
    }

    [Fact]
    public async Task Codes_for_a_list_are_shown_once_or_come_as_a_file_and_let_their_people_in()
    {
        var (_, browser) = await AdministratorAsync();
        var (dora, emil) = ($"dora-{Guid.NewGuid():N}"[..12], $"=emil-{Guid.NewGuid():N}"[..12]);
        Corp.Add(dora, Password);
        Corp.Add(emil, Password);

        var unreasoned = await (await browser.GoAsync("/admin/people/enrol", Ct)).Fill("User names", dora).Fill("Reason", " ")
            .PressAsync("Create codes", Ct);
        var made = await unreasoned.Fill("Reason", "roll-out").PressAsync("Create codes", Ct);
        var file = await (await browser.GoAsync("/admin/people/enrol", Ct)).Fill("User names", $"{emil}\nnobody-{dora}")
            .Fill("Reason", "roll-out").PressAsync("Create codes as a CSV file", Ct);
        var again = await browser.GoAsync("/admin/people/enrol", Ct);

        Assert.True(unreasoned.Has("a reason of at most"), unreasoned.ToString());
        var code = made.Document.QuerySelector("pre.codes")!.TextContent.Split("  ")[1];
        Assert.DoesNotContain(code, again.Content, StringComparison.Ordinal);
        Assert.Equal(("text/csv", "enrolment-codes.csv"),
            (file.Response.Content.Headers.ContentType!.MediaType, file.Response.Content.Headers.ContentDisposition!.FileName));
        Assert.Equal("no-store", file.Response.Headers.CacheControl!.ToString());
        Assert.Matches($"^name,upstream,code,expires\n\"'{emil}\",corp,[A-Z2-9-]+,", file.Content);
        var account = new Testing.Protocol.Account(dora, Password, code, Clock) { Directory = "corp" };
        Assert.True((await Kubectl.LogInAsync(Issuer.CreateBrowser(), account, Ct)).IsSuccess);
    }

    [Fact]
    public async Task Who_gets_no_code_is_named_with_the_reason()
    {
        var (alice, browser) = await AdministratorAsync();

        var page = await (await browser.GoAsync("/admin/people/enrol", Ct))
            .Fill("User names", $"{alice.Account.Username}\nnobody-of-this-name").Fill("Reason", "roll-out").PressAsync("Create codes", Ct);

        Assert.True(page.Has("already has a second factor") && page.Has("There is no person nobody-of-this-name"), page.ToString());
        Assert.Null(page.Document.QuerySelector("pre.codes"));
    }

    private async Task<(DirectoryPerson Person, BrowserClient Browser)> AdministratorAsync()
    {
        var alice = await LogInFromCorpAsync("kube-admins");
        Later(61);
        var browser = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(browser, alice.Account, Ct);
        return (alice, browser);
    }
}

public sealed class DirectoryAdminOnSqlite(CorpOnSqlite running) : DirectoryAdminTests(running, running.Corp), IClassFixture<CorpOnSqlite>;

public sealed class DirectoryAdminOnPostgres(CorpOnPostgres running) : DirectoryAdminTests(running, running.Corp),
    IClassFixture<CorpOnPostgres>;
