using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors;

/// <summary>The page on which a factor of one kind is verified.</summary>
internal abstract class FactorProofModel(
    IFactorKind kind, FactorKinds kinds, LoginCookies cookies, FactorStore store, FactorCheck check, ILogger logger)
    : FactorStepModel(cookies, store, logger)
{
    public bool Refused { get; private set; }

    /// <summary>The other kinds that this person can use: address and text of each link.</summary>
    public IEnumerable<(string Address, string Text)> OtherKinds =>
        kinds.AlternativesTo(kind, Status.Factors).Select(other => (State.AddressOf(other.Page), other.LinkText));

    /// <summary>The entered answer.</summary>
    protected abstract string? Answer { get; }

    /// <summary>
    /// Whether this page is not the next step: the factor is already verified (the person went back), or the person has no such factor.
    /// Without any factor, recovery codes are refused too: leftover codes must not replace the enrolment code of an administrator.
    /// </summary>
    private bool IsElsewhere =>
        State.ProvenFactor is not null || !Status.Factors.Any(factor => !kind.Kind.CanBeFirst || factor.Kind == kind.Kind.Name);

    public IActionResult OnGet() => IsElsewhere ? GoOn() : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (IsElsewhere) return GoOn();

        switch (await check.VerifyAsync(kind, Attempt, Status.Factors, Answer, ct))
        {
            case FactorResult.Right:
                return GoOn(State with { ProvenFactor = kind.Kind.Name });

            case FactorResult.Wrong:
                Refused = true;
                return Page();

            case FactorResult.Unreadable:
                return new MessagePage(StatusCodes.Status403Forbidden, Texts.UnreadableTitle, Texts.UnreadableWhat, Texts.UnreadableNext);

            default:
                return await EndAsync(ct);
        }
    }
}
