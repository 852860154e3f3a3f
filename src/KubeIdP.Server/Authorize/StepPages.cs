using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Maps each step to its page, and reads what <see cref="NextStep"/> needs to know about the factors of the person.
/// </summary>
internal sealed class StepPages(IEnumerable<IFactorPage> factors, FactorStore store, LoginCookies logins, TimeProvider clock)
{
    /// <summary>
    /// A parameter of the sign-in page: the browser has a session that is not used. Without it the page redirects to the dispatcher
    /// when there is a session.
    /// </summary>
    public const string DespiteSession = "again";

    /// <summary>The address of the login page for somebody who is signed in.</summary>
    public static string LoginDespiteSession(LoginState login) => $"{login.AddressOf("login")}&{DespiteSession}=1";

    /// <summary>The kinds of factors that a person has set up; none when no factor need be proven.</summary>
    /// <param name="personId">From <see cref="NextStep.WhoseFactors"/>.</param>
    /// <param name="ct">Cancels reading.</param>
    public async Task<IReadOnlyList<FactorKind>> KindsOfAsync(PersonId? personId, CancellationToken ct) =>
        personId is { } id ? await store.KindsAsync(id, ct) : [];

    /// <param name="http">Receives the state of the login when the session of the browser becomes its first proof.</param>
    /// <param name="step">One that has a page.</param>
    /// <param name="login">The login at this step.</param>
    /// <param name="session">What the step was decided with.</param>
    /// <param name="held">What the step was decided with.</param>
    public SeeOther PageOf(HttpContext http, Step step, LoginState login, BrowserSession? session, IReadOnlyList<FactorKind> held)
    {
        if (step is Step.StepUp) logins.Save(http, login.After(FirstProof.Of(session!, clock.GetUtcNow())));

        if (step is Step.LogIn && session is not null) return new SeeOther(LoginDespiteSession(login));

        var page = step switch
        {
            Step.LogIn => "login",
            Step.ProveFactor or Step.StepUp => factors.Single(factor => factor.Kind == NextStep.FactorToProve(held)).Page,
            Step.EnrolFactor => "enrol",
            Step.Continue => "continue",
            Step.Consent => "consent",
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "This step has no page."),
        };
        return new SeeOther(login.AddressOf(page));
    }
}
