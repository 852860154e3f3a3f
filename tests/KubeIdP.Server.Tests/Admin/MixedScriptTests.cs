using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

public sealed class MixedScriptTests(ClassIssuer shared) : AdminTests(shared, postgres: false)
{
    [Fact]
    public async Task A_name_whose_letters_are_of_several_scripts_is_marked_wherever_an_administrator_sees_it()
    {
        const string mark = "letters of several scripts";
        using var root = await AdministratorAsync();
        var unmarked = new List<string>();
        foreach (var path in (string[])["/admin/people", "/admin/sessions", "/admin/audit", "/admin/reports"])
        {
            if ((await root.GoAsync(path, Ct)).Has(mark)) unmarked.Add(path);
        }

        // A Cyrillic а before Latin letters.
        using var cyrillic = await SignInAsync("\u0430lice", null, "dev");
        var id = await IdOfAsync("\u0430lice");
        var session = (await Issuer.Services.GetRequiredService<SessionSearch>()
            .FindAsync(new SessionFilter { PersonId = Identifier.OrNull<PersonId>(id) }, Ct)).Rows[0].Id;

        Assert.Equal([], unmarked);
        foreach (var path in (string[])["/admin/people", "/admin/sessions", "/admin/audit", "/admin/reports", $"/admin/people/{id}",
            $"/admin/people/{id}/disable", $"/admin/people/{id}/groups", $"/admin/sessions/{session}"])
            Assert.True((await root.GoAsync(path, Ct)).Has(mark), path);
        var added = await (await root.GoAsync("/admin/people/add", Ct)).Fill("Username", "\uff42ob\u0430").PressAsync("Add", Ct);
        Assert.True(added.Has(mark) && added.Has("bob\u0430"), added.ToString());
        var offered = await (await root.GoAsync("/admin/people/enrol", Ct)).Fill("User names", "bob\u0430").Fill("Reason", "because")
            .PressAsync("Create codes", Ct);
        Assert.True(offered.Has(mark), offered.ToString());
        Assert.False((await root.GoAsync($"/admin/people/{await IdOfAsync("alice")}", Ct)).Has(mark));
    }
}
