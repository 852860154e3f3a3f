using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Throttling;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>Says what an act would do, asks for the reason, does it. What is handed out stands in this one answer and nowhere else.</summary>
internal sealed class ChangePersonModel(
    SessionCookie cookie, AdminAccess access, PeopleSearch people, LocalAccounts accounts, ThrottleReset guesses, IssuerUrl issuer, ILogger<ChangePersonModel> logger)
    : AdminPageModel(cookie, access)
{
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    /// <summary>The act, as <see cref="PersonActs.SlugOf"/> spells it.</summary>
    [BindProperty(SupportsGet = true)]
    public string Act { get; set; } = "";

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Whether the people whose sessions end are told the reason.</summary>
    [BindProperty]
    public bool Tell { get; set; }

    public ShownPerson Person { get; private set; } = null!;

    public PersonActTexts Words { get; private set; } = null!;

    /// <summary>What became of it; null before it was asked for.</summary>
    public AccountChange? Outcome { get; private set; }

    public bool ReasonMissing { get; private set; }

    /// <summary>The reason, and the question whether to tell it where sessions end.</summary>
    public ReasonField ReasonField => new(Reason, ReasonMissing) { Tell = PersonActs.Parse(Act) is PersonAct.EndSessions or PersonAct.ResetFactors or PersonAct.Disable or PersonAct.Remove ? Tell : null };

    protected override bool ChangesOnly => true;

    /// <summary>What was handed out, as it is passed on; null for nothing.</summary>
    public string? IssuedSecret { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await FindAsync(ct) is null ? NotFoundPage : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } act) return NotFoundPage;
        if (ReasonField.Of(Reason) is not { } reason)
        {
            ReasonMissing = true;
            return Page();
        }

        Outcome = await DoAsync(act, By(reason, Tell), ct);
        if (Outcome is AccountChange.NotFound) return NotFoundPage;
        if (Outcome is AccountChange.IssuedSecret made) IssuedSecret = act is PersonAct.Invite ? Links.InvitationUrl(issuer, made.Secret) : made.Secret;
        if (Outcome is AccountChange.Done or AccountChange.IssuedSecret) logger.PersonChanged(Session.PersonId, Act, Id);
        return Page();
    }

    /// <summary>The act that the address names; null when there is none, or no such person.</summary>
    private async Task<PersonAct?> FindAsync(CancellationToken ct)
    {
        if (PersonActs.Parse(Act) is not { } act || await people.ReadAsync(Id, ct) is not { RemovedAt: null } person) return null;

        Person = person;
        Words = PersonActTexts.Of(act, person.Username);
        return act;
    }

    private async Task<AccountChange> DoAsync(PersonAct act, Actor by, CancellationToken ct)
    {
        switch (act)
        {
            case PersonAct.EndSessions:
                return await accounts.EndSessionsAsync(Id, by, ct);
            case PersonAct.Unlock:
                await guesses.ForgetAsync(Id, by.Did(AuditEventType.LoginUnlocked, Id), ct);
                return new AccountChange.Done();
            case PersonAct.Invite:
                return await accounts.InviteAsync(Id, by, ct);
            case PersonAct.ResetFactors:
                return await accounts.ResetFactorsAsync(Id, by, ct);
            case PersonAct.Disable:
                return await accounts.DisableAsync(Id, by, ct);
            case PersonAct.Enable:
                return await accounts.EnableAsync(Id, by, ct);
            case PersonAct.Remove:
                return await accounts.RemoveAsync(Id, by, ct);
            default:
                throw new InvalidOperationException("An act of an unknown kind.");
        }
    }
}
