using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Factors;

/// <summary>
/// Limits the guesses of second factors by somebody with a first proof, such as a stolen password. These are hard limits, unlike those on
/// passwords.
/// </summary>
internal static class FactorThrottle
{
    /// <summary>
    /// In one login. After that the first proof is required again, so that guessing is slowed down by the delays of the password form.
    /// </summary>
    public const int PerLogin = 5;

    /// <summary>
    /// The count at which this login ends. For a session as the first proof it does not begin anew with each login, because no delay slows
    /// down the next one.
    /// </summary>
    public static int Of(FirstProof proof) => proof.Session is null
        ? Math.Min(FactorStore.MaxFailures, proof.FactorFailures + PerLogin)
        : NextStep.MaxFailuresForStepUp;

    /// <summary>Then only an administrator can help: with unlimited guesses, a million possible codes are not enough.</summary>
    public static bool IsBarred(int failures) => failures >= FactorStore.MaxFailures;
}
