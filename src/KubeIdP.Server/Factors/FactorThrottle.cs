using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Factors;

/// <summary>
/// How many second factors somebody with a first proof, such as a stolen password, may guess. Hard limits, unlike those on passwords.
/// </summary>
internal static class FactorThrottle
{
    /// <summary>
    /// In one login; then the first proof is asked again, which costs whoever guesses with a password the delays of its form.
    /// </summary>
    public const int PerLogin = 5;

    /// <summary>The count at which this login is over.</summary>
    public static int Of(FirstProof proof) => Math.Min(FactorStore.MaxFailures, proof.FactorFailures + PerLogin);

    /// <summary>Only an administrator can help: a million codes are few for somebody who may guess for ever.</summary>
    public static bool IsBarred(int failures) => failures >= FactorStore.MaxFailures;
}
