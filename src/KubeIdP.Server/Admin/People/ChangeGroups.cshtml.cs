using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>Changes the groups of a local account; other upstreams manage their own.</summary>
internal sealed class ChangeGroupsModel(
    SessionCookie cookie, AdminAccess access, PeopleSearch people, PersonAdministration administration) : AdminPageModel(cookie, access)
{
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    [BindProperty]
    [Text(TextKind.Lines)]
    public string? Groups { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public ShownPerson Person { get; private set; } = null!;

    public IReadOnlyList<string> Faults { get; private set; } = [];

    public bool ReasonMissing { get; private set; }

    protected override bool ChangesOnly => true;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await FindAsync(ct)) return NotFoundPage;

        Groups = GroupLines.ToText(Person.Groups);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await FindAsync(ct)) return NotFoundPage;
        if (ReasonField.Of(Reason) is not { } reason)
        {
            ReasonMissing = true;
            return Page();
        }

        switch (await administration.SetGroupsAsync(new PersonId(Id), GroupLines.Of(Groups), By(reason), ct))
        {
            case AccountChange.NotFound:
                return NotFoundPage;

            case AccountChange.Refused(var reasons):
                Faults = reasons;
                return Page();

            default:
                return new SeeOther($"~{Root}/people/{Id}");
        }
    }

    private async Task<bool> FindAsync(CancellationToken ct)
    {
        if (await people.ReadAsync(new PersonId(Id), ct) is not { RemovedAt: null, IsLocal: true } person) return false;

        Person = person;
        return true;
    }
}
