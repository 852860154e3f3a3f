using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>
/// Shows what an act will do, asks for its argument and the reason, and performs it. An issued secret is shown only in this response.
/// </summary>
internal sealed class ChangePersonModel(
    SessionCookie cookie, AdminAccess access, PeopleSearch people, PersonAdministration administration) : AdminPageModel(cookie, access)
{
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    /// <summary>The act, by its <see cref="PersonActDefinition.Path"/>.</summary>
    [BindProperty(SupportsGet = true)]
    public string Act { get; set; } = "";

    /// <summary>For <see cref="PersonActArgument.Names"/>: one on each line.</summary>
    [BindProperty]
    [Text(TextKind.Lines)]
    public string? Names { get; set; }

    /// <summary>For <see cref="PersonActArgument.Text"/>.</summary>
    [BindProperty]
    public string? Text { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Whether the people whose sessions end see the reason.</summary>
    [BindProperty]
    public bool Tell { get; set; }

    public ShownPerson Person { get; private set; } = null!;

    public PersonActTexts Words { get; private set; } = null!;

    public PersonActArgument? Argument => PersonActs.Find(Act)?.Argument;

    /// <summary>The issued secret; null for none.</summary>
    public IssuedSecretKind? Issues => PersonActs.Find(Act)?.Issues;

    /// <summary>The result of the act; null before it was requested.</summary>
    public AccountChange? Outcome { get; private set; }

    public bool ReasonMissing { get; private set; }

    /// <summary>The field for the reason, with the choice to show it to the people whose sessions end.</summary>
    public ReasonField ReasonField => new(Reason, ReasonMissing) { Tell = PersonActs.Find(Act) is { EndsSessions: true } ? Tell : null };

    protected override bool ChangesOnly => true;

    private PersonActValue? TypedValue => Argument switch
    {
        null => null,
        PersonActArgument.Names => new PersonActValue.Names(GroupLines.Of(Names)),
        PersonActArgument.Text => new PersonActValue.Text(NewAccount.TextOrNull(Text)),
        _ => throw new InvalidOperationException("An argument of an unknown kind."),
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is null) return NotFoundPage;

        switch (PersonActs.Find(Act)?.Now?.Invoke(Person))
        {
            case PersonActValue.Names(var all):
                Names = GroupLines.ToText(all);
                break;
            case PersonActValue.Text(var content):
                Text = content;
                break;
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } act) return NotFoundPage;
        if (ReasonField.Of(Reason) is not { } reason)
        {
            ReasonMissing = true;
            return Page();
        }

        // An empty field removes what there is, a missing one must not.
        if (Argument is not null && !Request.Form.ContainsKey(FieldOf(Argument))) return Web.BoundTextCheck.RefuseValue(FieldOf(Argument));

        Outcome = await administration.DoAsync(act.Act, new PersonId(Id), TypedValue, By(reason, Tell), ct);
        return Outcome is AccountChange.NotFound ? NotFoundPage : Page();
    }

    private static string FieldOf(PersonActArgument argument) => argument is PersonActArgument.Names ? nameof(Names) : nameof(Text);

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
