using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors;

/// <summary>The page on which a factor of one kind is proven.</summary>
internal abstract class FactorProofModel(
    IFactorKind kind, FactorKinds kinds, LoginCookies cookies, FactorStore store, FactorCheck check, ILogger logger)
    : FactorStepModel(cookies, store, logger)
{
    public bool Refused { get; private set; }

    /// <summary>The other kinds by which this person can prove themselves: addresses and words.</summary>
    public IEnumerable<(string Address, string Text)> OtherKinds =>
        kinds.Beside(kind, Status.Factors).Select(other => (State.AddressOf(other.Page), other.LinkText));

    /// <summary>What was entered.</summary>
    protected abstract string? Answer { get; }

    /// <summary>
    /// Whether nothing is to be proven here: it is proven already (somebody went back), or the person has no such factor. Without any there
    /// is nothing to recover either: codes that were left over from one must not stand in for an administrator's word.
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
