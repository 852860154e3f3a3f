using KubeIdP.Core.Naming;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Factors.RecoveryCodes;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors;

/// <summary>
/// Sets up the first factor, in two steps: the administrator's code, then the factor. After a first proof the page shows only the field for
/// that code; otherwise somebody with a stolen password could choose the second factor too.
/// </summary>
internal sealed class EnrolModel(
    LoginCookies cookies, FactorStore store, FactorCheck check, FactorKinds kinds, EnrolmentOptions options, TimeProvider clock,
    ILogger<EnrolModel> logger)
    : FactorStepModel(cookies, store, clock, logger)
{
    [BindProperty(Name = "EnrolmentCode")]
    [Text(TextKind.Opaque)]
    public string? TypedEnrolmentCode { get; set; }

    /// <summary>The first answer of the new factor.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Answer { get; set; }

    public bool Refused { get; private set; }

    /// <summary>Whether no enrolment code is required.</summary>
    public bool IsOpen => check.IsOpenFor(Status);

    /// <summary>The last day on which no enrolment code is required.</summary>
    public DateOnly? OpenUntil => options.OpenUntil;

    /// <summary>Whether a factor waits for its first answer; before that the page asks for the enrolment code.</summary>
    public bool IsBegun => Pending is not null;

    /// <summary>The recovery codes, shown only in this response; empty before the factor is set up.</summary>
    public IReadOnlyList<string> NewRecoveryCodes { get; private set; } = [];

    public NewFactorForm Form => new(kinds.FormOf(Pending!.Factor, Person), State.AddressOf("enrol"), Refused);

    private EnrollingPerson Person => EnrollingPerson.WithoutFactors(FirstProof.PersonId, FirstProof.Username);

    // An administrator may have created a new code since; then the old one no longer allows this step.
    private PendingEnrolment? Pending =>
        State.Enrolment is not { } pending ? null
        : pending.EnrolmentCodeHash is { } hash ? FactorCheck.IsValidCode(Status, hash) ? pending : null
        : check.IsOpenFor(Status) ? pending
        : null;

    /// <summary>
    /// Whether this page is not the next step: there is a factor already (the person went back from the page with the recovery codes, which
    /// are shown only once), or the session is the first proof, which never allows to set up a factor.
    /// </summary>
    private bool IsElsewhere => Status.Factors.Count > 0 || FirstProof.Session is not null;

    public IActionResult OnGet() => IsElsewhere ? GoOn() : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (IsElsewhere) return GoOn();

        if (Pending is { } pending) return await ConfirmAsync(pending, ct);
        return IsOpen ? await BeginAsync(enrolmentCodeHash: null, ct) : await OpenAsync(TypedEnrolmentCode ?? "", ct);
    }

    private async Task<IActionResult> OpenAsync(string enrolmentCode, CancellationToken ct)
    {
        var result = await check.VerifyEnrolmentCodeAsync(Attempt, Status, enrolmentCode, ct);
        if (result != FactorResult.Right) return await RefuseAsync(result, ct);

        return await BeginAsync(EnrolmentCode.Hash(enrolmentCode), ct);
    }

    private async Task<SeeOther> BeginAsync(byte[]? enrolmentCodeHash, CancellationToken ct)
    {
        Keep(State with { Enrolment = new PendingEnrolment(await kinds.BeginFirstAsync(Person, ct), enrolmentCodeHash) });
        return new SeeOther(State.AddressOf("enrol"));
    }

    private async Task<IActionResult> ConfirmAsync(PendingEnrolment pending, CancellationToken ct)
    {
        var codes = RecoveryCodeSet.Create();
        var result = await check.EnrolAsync(Attempt, pending, Answer, codes, ct);
        if (result != FactorResult.Right) return await RefuseAsync(result, ct);

        // The enrolment raised the epoch: this login continues with the new one; all other unfinished logins are invalid.
        Keep(State with
        {
            FirstProof = FirstProof with { FactorEpoch = FirstProof.FactorEpoch + 1 },
            ProvenFactor = pending.Factor.Kind,
            Enrolment = null,
        });
        NewRecoveryCodes = codes;
        return Page();
    }

    private async Task<IActionResult> RefuseAsync(FactorResult result, CancellationToken ct)
    {
        if (result == FactorResult.LoginOver) return await EndAsync(ct);

        Refused = true;
        return Page();
    }
}
