using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Factors;

/// <summary>How many second factors somebody who knows the password may guess. Hard limits, unlike those before the password.</summary>
internal static class FactorThrottle
{
    /// <summary>In one login; then the password is asked again, which costs a guesser the delays of the password form.</summary>
    public const int PerLogin = 5;

    /// <summary>The count at which this login is over.</summary>
    public static int Of(ProvenPassword password) => Math.Min(FactorStore.MaxFailures, password.FactorFailures + PerLogin);

    /// <summary>Only an administrator can help: a million codes are few for somebody who may guess for ever.</summary>
    public static bool IsBarred(int failures) => failures >= FactorStore.MaxFailures;
}
