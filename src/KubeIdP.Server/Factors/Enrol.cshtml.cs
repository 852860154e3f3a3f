using KubeIdP.Core.Naming;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Factors.RecoveryCodes;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors;

/// <summary>
/// Sets up the first factor, in two steps: the administrator's code, then the factor. A first proof alone shows nothing but the field for
/// that code, for otherwise whoever stole a password would choose the second factor as well.
/// </summary>
internal sealed class EnrolModel(
    LoginCookies cookies, FactorStore store, FactorCheck check, FactorKinds kinds, EnrolmentOptions options, ILogger<EnrolModel> logger)
    : FactorStepModel(cookies, store, logger)
{
    [BindProperty(Name = "EnrolmentCode")]
    [Text(TextKind.Opaque)]
    public string? TypedEnrolmentCode { get; set; }

    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Code { get; set; }

    public bool Refused { get; private set; }

    /// <summary>No code is asked for.</summary>
    public bool IsOpen => check.IsOpenFor(Status);

    /// <summary>The last day on which none is.</summary>
    public DateOnly? OpenUntil => options.OpenUntil;

    /// <summary>Whether a factor waits for its first answer; before that the enrolment code is asked for.</summary>
    public bool IsBegun => Pending is not null;

    /// <summary>What stands in for the factor once it is lost, in this one answer; empty before it is set up.</summary>
    public IReadOnlyList<string> NewRecoveryCodes { get; private set; } = [];

    public NewFactorForm Form => new(kinds.FormOf(Pending!.Factor, FirstProof.Username), State.AddressOf("enrol"), Refused);

    // An administrator may have made a new code since: then the old one no longer opens this step.
    private PendingEnrolment? Pending =>
        State.Enrolment is not { } pending ? null
        : pending.EnrolmentCodeHash is { } hash ? FactorCheck.IsGood(Status, hash) ? pending : null
        : check.IsOpenFor(Status) ? pending
        : null;

    public IActionResult OnGet() => Status.Factors.Count > 0 ? GoOn() : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        // Somebody went back over the page with the recovery codes, which were shown once.
        if (Status.Factors.Count > 0) return GoOn();

        if (Pending is { } pending) return await ConfirmAsync(pending, ct);
        return IsOpen ? Begin(enrolmentCodeHash: null) : await OpenAsync(TypedEnrolmentCode ?? "", ct);
    }

    private async Task<IActionResult> OpenAsync(string enrolmentCode, CancellationToken ct)
    {
        var result = await check.VerifyEnrolmentCodeAsync(Attempt, Status, enrolmentCode, ct);
        if (result != FactorResult.Right) return await RefuseAsync(result, ct);

        return Begin(EnrolmentCode.Hash(enrolmentCode));
    }

    private SeeOther Begin(byte[]? enrolmentCodeHash)
    {
        Keep(State with { Enrolment = new PendingEnrolment(kinds.BeginFirst(), enrolmentCodeHash) });
        return new SeeOther(State.AddressOf("enrol"));
    }

    private async Task<IActionResult> ConfirmAsync(PendingEnrolment pending, CancellationToken ct)
    {
        var codes = RecoveryCodeSet.Create();
        var result = await check.EnrolAsync(Attempt, pending, Code, codes, ct);
        if (result != FactorResult.Right) return await RefuseAsync(result, ct);

        // Our own enrolment raised the epoch: this login goes on under the new one, every other that was half-finished is void.
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
