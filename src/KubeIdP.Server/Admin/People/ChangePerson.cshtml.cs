using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>Says what an act would do, asks for the reason, does it. What is handed out stands in this one answer and nowhere else.</summary>
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

    /// <summary>Whether the people whose sessions end are told the reason.</summary>
    [BindProperty]
    public bool Tell { get; set; }

    public ShownPerson Person { get; private set; } = null!;

    public PersonActTexts Words { get; private set; } = null!;

    /// <summary>Null: nothing.</summary>
    public IssuedSecretKind? HandsOut => PersonActs.Find(Act)?.HandsOut;

    /// <summary>What became of it; null before it was asked for.</summary>
    public AccountChange? Outcome { get; private set; }

    public bool ReasonMissing { get; private set; }

    /// <summary>The reason, and the question whether to tell it where sessions end.</summary>
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

    /// <summary>The act that the address names; null when there is none, or no such person.</summary>
    private async Task<PersonActDefinition?> FindAsync(CancellationToken ct)
    {
        if (PersonActs.Find(Act) is not { } act || await people.ReadAsync(new PersonId(Id), ct) is not { RemovedAt: null } person) return null;

        Person = person;
        Words = act.Texts(person.Username);
        return act;
    }
}
