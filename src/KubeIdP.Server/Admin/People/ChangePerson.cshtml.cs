using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>Shows what an act will do, asks for the reason, and performs it. An issued secret is shown only in this response.</summary>
internal sealed class ChangePersonModel(
    SessionCookie cookie, AdminAccess access, PeopleSearch people, PersonAdministration administration) : AdminPageModel(cookie, access)
{
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    /// <summary>The act, by its <see cref="PersonActDefinition.Name"/>.</summary>
    [BindProperty(SupportsGet = true)]
    public string Act { get; set; } = "";

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Whether the people whose sessions end see the reason.</summary>
    [BindProperty]
    public bool Tell { get; set; }

    public ShownPerson Person { get; private set; } = null!;

    public PersonActTexts Words { get; private set; } = null!;

    /// <summary>The issued secret; null for none.</summary>
    public IssuedSecretKind? Issues => PersonActs.Find(Act)?.Issues;

    /// <summary>The result of the act; null before it was requested.</summary>
    public AccountChange? Outcome { get; private set; }

    public bool ReasonMissing { get; private set; }

    /// <summary>The field for the reason, with the choice to show it to the people whose sessions end.</summary>
    public ReasonField ReasonField => new(Reason, ReasonMissing) { Tell = PersonActs.Find(Act) is { EndsSessions: true } ? Tell : null };

    protected override bool ChangesOnly => true;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await FindAsync(ct) is null ? NotFoundPage : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } act) return NotFoundPage;
        if (ReasonField.Of(Reason) is not { } reason)
        {
            ReasonMissing = true;
            return Page();
        }

        Outcome = await administration.DoAsync(act.Act, new PersonId(Id), By(reason, Tell), ct);
        return Outcome is AccountChange.NotFound ? NotFoundPage : Page();
    }

    /// <summary>The act in the address; null when there is no such act or person.</summary>
    private async Task<PersonActDefinition?> FindAsync(CancellationToken ct)
    {
        if (PersonActs.Find(Act) is not { } act || await people.ReadAsync(new PersonId(Id), ct) is not { RemovedAt: null } person)
            return null;

        Person = person;
        Words = act.Texts(person.Username);
        return act;
    }
}
