using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Authorize;

/// <summary>The pages of the steps that a person takes, and what <see cref="NextStep"/> needs to know of their factors.</summary>
internal sealed class StepPages(IEnumerable<IFactorPage> factors, FactorStore store)
{
    /// <summary>
    /// A parameter of the sign-in page: the browser has a session, and it does not suffice. Without it the page goes back to the dispatcher
    /// once there is a session.
    /// </summary>
    public const string DespiteSession = "again";

    /// <summary>The kinds of factors that the person of a login has set up; read only where one is to be proven.</summary>
    public async Task<IReadOnlyList<FactorKind>> KindsOfAsync(LoginState? login, CancellationToken ct) =>
        login is { FirstProof: { } proof, ProvenFactor: null } ? await store.KindsAsync(proof.PersonId, ct) : [];

    /// <param name="step">One that has a page.</param>
    /// <param name="login">Which is at this step.</param>
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
