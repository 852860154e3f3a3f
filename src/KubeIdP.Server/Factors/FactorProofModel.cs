using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Factors;

/// <summary>The page on which a factor of one kind is verified.</summary>
internal abstract class FactorProofModel(
    IFactorKind kind, FactorKinds kinds, LoginCookies cookies, FactorStore store, FactorCheck check, TimeProvider clock,
    ILogger logger)
    : FactorStepModel(cookies, store, clock, logger)
{
    public bool Refused { get; private set; }

    /// <summary>Who is asked, and what for. Somebody who is signed in has not seen the login page, which names the client.</summary>
    public IHtmlContent Lead => (IsStepUp, State.Destination) switch
    {
        (false, _) => Web.Texts.ForPerson.Markup(FirstProof.Username),
        (true, null) => Texts.StepUp.Markup(FirstProof.Username),
        (true, { } destination) => Texts.StepUpTo.Markup(FirstProof.Username, destination),
    };

    /// <summary>
    /// Address and text of each link: the other kinds that this person can use, and the login page for somebody who is signed in.
    /// </summary>
    public IEnumerable<(string Address, string Text)> OtherWays =>
    [
        .. kinds.AlternativesTo(kind, Status.Factors).Select(other => (State.AddressOf(other.Page), other.LinkText)),
        .. IsStepUp ? [(StepPages.LoginDespiteSession(State), Texts.SignInAnew)] : Array.Empty<(string, string)>(),
    ];

    private bool IsStepUp => FirstProof.Method is ProofMethod.Session;

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
