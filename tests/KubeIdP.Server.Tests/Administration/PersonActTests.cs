using System.Globalization;
using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Commands;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Tests.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Administration;

/// <summary>That each act on a person is what its definition says. A new act is among them.</summary>
public abstract class PersonActTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    public static TheoryData<string> Acts => [.. PersonActs.All.Select(act => act.Path)];

    // Commands say in English what the page says in the language of the person: both say the same.
    [Fact]
    public void Commands_say_what_the_pages_say_in_English()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        Assert.All(PersonActs.All, act => Assert.Equal(
            (act.Texts("alice").Done, act.Texts("alice").Unchanged), (act.Form.Done("alice"), act.Form.Unchanged?.Invoke("alice"))));
    }

    [Fact]
    public void Each_act_has_one_definition()
    {
        Assert.Equal(Enum.GetValues<PersonAct>(), PersonActs.All.Select(act => act.Act));
        Assert.Distinct(PersonActs.All.Select(act => act.Path));
        Assert.All(PersonActs.All.Where(act => act.Argument is not null), act => Assert.Null(act.Issues));
    }

    [Fact]
    public void Each_act_has_a_page_an_operation_of_the_API_and_a_command()
    {
        var paths = Issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/')).ToList();
        var commands = CommandLine.Create().Subcommands.Single(group => group.Name == "people").Subcommands.Select(command => command.Name)
            .ToList();

        Assert.Contains("admin/people/{id}/{act}", paths);
        Assert.All(PersonActs.All, act => Assert.Contains($"{ApiScopes.Path.TrimStart('/')}/people/{{id}}/{act.Path}", paths));
        Assert.All(PersonActs.All, act => Assert.Contains(act.Name, commands));
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task Its_page_does_what_its_definition_says(string path)
    {
        var act = PersonActs.Find(path)!;
        using var root = await AdministratorAsync();
        if (act.Act is PersonAct.Enable) Assert.IsType<AccountChange.Done>(await DoAsync(PersonAct.Disable, await IdOfAsync("alice")));
        var (alice, before) = (await PersonAsync("alice"), await LiveSessionsAsync());
        var texts = act.Texts("alice");

        var form = await root.GoAsync($"/admin/people/{alice.Id}/{act.Path}", Ct);
        if (act.Argument is { } argument) form.Fill(texts.Field!, ActSamples.TypedFor(argument));
        var page = await form.Fill("Reason", "because I say so").PressAsync(texts.Button, Ct);

        Assert.True(form.Has(texts.Before) && page.Has(texts.Done), $"{form}\n{page}");
        Assert.Equal(act.Issues is null ? 0 : 1, page.Document.QuerySelectorAll("pre.codes").Length);
        Assert.Equal(act.EndsSessions, form.Document.QuerySelector("input[name=Tell]") is not null);
        Assert.Equal(act.EndsSessions ? 0 : before, await LiveSessionsAsync());
        var done = (await AuditAsync(act.AuditEvent))
            .Where(entry => entry.PersonId == alice.Id && entry.Reason == "because I say so").ToList();
        Assert.NotEmpty(done);
        Assert.Equal([await IdOfAsync("root")], done.Select(entry => entry.Actor!).Distinct());
        Assert.Contains(Issuer.Log.Lines, line => line.Contains($"performed {act.Name} on {alice.Id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_begins_with_the_value_of_now_and_keeps_what_was_typed()
    {
        using var root = await AdministratorAsync();
        foreach (var act in PersonActs.All)
        {
            if (act.Argument is not { } argument) continue;

            var (id, field) = (await IdOfAsync("alice"), act.Texts("alice").Field!);
            Assert.IsType<AccountChange.Done>(await DoAsync(act.Act, id, ActSamples.ValueFor(argument)));

            var form = await root.GoAsync($"/admin/people/{id}/{act.Path}", Ct);
            var begun = form.ValueOf(field);
            var kept = await form.Fill(field, "another").Fill("Reason", " ").PressAsync(act.Texts("alice").Button, Ct);

            Assert.Equal(ActSamples.TypedFor(argument), begun.ReplaceLineEndings("\n"));
            Assert.Equal("another", kept.ValueOf(field));
        }
    }

    [Fact]
    public async Task A_value_of_another_kind_is_a_fault_of_the_program()
    {
        var alice = await IdOfAsync("alice");
        foreach (var act in PersonActs.All)
        {
            PersonActValue? other = act.Argument is null ? new PersonActValue.Text("x") : null;
            await Assert.ThrowsAsync<ArgumentException>(() => DoAsync(act.Act, alice, other));
        }
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task The_last_administrator_is_protected_from_what_endangers_them(string path)
    {
        var act = PersonActs.Find(path)!;
        await Issuer.AddAccountAsync("root", Ct, "admins");

        Assert.Equal(act.EndangersLastAdministrator, await DoAsync(act.Act, await IdOfAsync("root")) is AccountChange.Refused);
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task Accounts_of_other_upstreams_are_refused_what_is_for_local_ones(string path)
    {
        var act = PersonActs.Find(path)!;
        await using (var context = Database.CreateContext())
        {
            context.Add(new Person
            {
                Connector = "corp", UpstreamId = "1", UserName = "carol", NormalizedUserName = "carol",
                    CreatedAt = Issuer.Clock.GetUtcNow(),
            });
            await context.SaveChangesAsync(Ct);
        }

        Assert.Equal(act.IsForLocalAccounts, await DoAsync(act.Act, await IdOfAsync("carol")) is AccountChange.Refused);
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task Nobody_is_found_who_was_removed_or_never_there(string path)
    {
        var act = PersonActs.Find(path)!.Act;
        var alice = await IdOfAsync("alice");
        Assert.IsType<AccountChange.Done>(await DoAsync(PersonAct.Remove, alice));

        foreach (var id in (string[])[alice, "nobody"]) Assert.IsType<AccountChange.NotFound>(await DoAsync(act, id));
    }

    // Log and audit are written below the page, the API and the command, which therefore need no test of their own for it.
    [Fact]
    public async Task Codes_export_and_erasure_are_logged_and_audited_with_their_actor()
    {
        var by = new Actor("somebody") { Reason = "because I say so" };
        await Issuer.AddAccountAsync("bob", Ct);
        var bob = await IdOfAsync("bob");
        await using var scope = Issuer.Services.CreateAsyncScope();
        var administration = scope.ServiceProvider.GetRequiredService<PersonAdministration>();

        var codes = await administration.EnrolAsync(["bob", "nobody"], connector: null, mailed: false, by, Ct);
        var mailed = await administration.EnrolAsync(["bob"], connector: null, mailed: true, by, Ct);
        var elsewhere = await administration.EnrolAsync(["bob"], "no-such", mailed: false, by, Ct);
        var record = await administration.ExportAsync(new PersonId(bob), by, Ct);
        var active = await administration.EraseAsync(new PersonId(bob), by, Ct);
        Assert.IsType<AccountChange.Done>(await DoAsync(PersonAct.Remove, bob));
        var erased = await administration.EraseAsync(new PersonId(bob), by, Ct);

        Assert.Single(Assert.IsType<EnrolmentAnswer.Done>(codes).Codes.Codes);
        Assert.IsType<EnrolmentAnswer.NoMailServer>(mailed);
        Assert.IsType<EnrolmentAnswer.NoSuchUpstream>(elsewhere);
        Assert.NotNull(record);
        Assert.IsType<Erasure.StillActive>(active);
        Assert.IsType<Erasure.Done>(erased);
        foreach (var (said, type) in ((string, string)[])
        [
            ("somebody created 1 enrolment codes", AuditEventType.EnrolmentOffered),
            ($"somebody performed export on {bob}", AuditEventType.PersonExported),
            ($"somebody performed erase on {bob}", AuditEventType.PersonErased),
        ])
        {
            Assert.Single(Issuer.Log.Lines, line => line.Contains(said, StringComparison.Ordinal));
            Assert.Equal(("somebody", bob), Assert.Single((await AuditAsync(type)).Select(entry => (entry.Actor, entry.PersonId))));
        }
    }

    private Task<AccountChange> DoAsync(PersonAct act, string id) =>
        DoAsync(act, id, PersonActs.Of(act).Argument is { } argument ? ActSamples.ValueFor(argument) : null);

    private async Task<AccountChange> DoAsync(PersonAct act, string id, PersonActValue? value)
    {
        await using var scope = Issuer.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<PersonAdministration>()
            .DoAsync(act, new PersonId(id), value, Actor.CommandLine, Ct);
    }

    private async Task<int> LiveSessionsAsync()
    {
        var alice = await IdOfAsync("alice");
        await using var db = Database.CreateContext();
        return await db.Sessions.CountAsync(session => session.PersonId == alice && session.EndedAt == null, Ct);
    }
}

public sealed class PersonActTestsOnSqlite(ClassIssuer shared) : PersonActTests(shared, postgres: false);

public sealed class PersonActTestsOnPostgres(ClassIssuer shared) : PersonActTests(shared, postgres: true);
