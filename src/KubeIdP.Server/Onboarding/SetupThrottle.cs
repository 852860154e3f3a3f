using KubeIdP.Data.Throttling;
using KubeIdP.Server.Throttling;

namespace KubeIdP.Server.Onboarding;

/// <summary>
/// Limits the attempts at codes with one setup link. There is no person yet on whose row they could be counted, so the link has its own
/// counter among those of failed passwords.
/// </summary>
internal sealed class SetupThrottle(FailureStore failures, ThrottleKeys keys)
{
    public const int PerLink = 20;

    /// <summary>False when all attempts are used up: then no code must be checked.</summary>
    public Task<bool> CountAsync(byte[] linkHash, CancellationToken ct) =>
        failures.CountAsync(keys.OfSetupLink(linkHash), PerLink, SetupLinks.Lifetime * 24, ct);
}
