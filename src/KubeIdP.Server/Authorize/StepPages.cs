using KubeIdP.Core.Factors;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Authorize;

/// <summary>Maps each step to its page, and reads what <see cref="NextStep"/> needs to know about the factors of the person.</summary>
internal sealed class StepPages(IEnumerable<IFactorPage> factors, FactorStore store)
{
    /// <summary>
    /// A parameter of the sign-in page: the browser has a session that does not suffice. Without it the page redirects to the dispatcher
    /// when there is a session.
    /// </summary>
    public const string DespiteSession = "again";

    /// <summary>The kinds of factors that the person of a login has set up; read only when one must be proven.</summary>
    public async Task<IReadOnlyList<FactorKind>> KindsOfAsync(LoginState? login, CancellationToken ct) =>
        login is { FirstProof: { } proof, ProvenFactor: null } ? await store.KindsAsync(proof.PersonId, ct) : [];

    /// <param name="step">One that has a page.</param>
    /// <param name="login">The login at this step.</param>
    /// <param name="session">What the step was decided with.</param>
    /// <param name="held">What the step was decided with.</param>
    public SeeOther PageOf(Step step, LoginState login, BrowserSession? session, IReadOnlyList<FactorKind> held)
    {
        var page = step switch
        {
            Step.LogIn => "login",
            Step.ProveFactor => factors.Single(factor => factor.Kind == NextStep.FactorToProve(held)).Page,
            Step.EnrolFactor => "enrol",
            Step.Continue => "continue",
            Step.Consent => "consent",
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "This step has no page."),
        };
        return new SeeOther($"{login.AddressOf(page)}{(step is Step.LogIn && session is not null ? $"&{DespiteSession}=1" : "")}");
    }
}
