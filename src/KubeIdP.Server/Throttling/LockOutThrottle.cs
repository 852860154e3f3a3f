using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>The limits on attempts at a password.</summary>
internal static class LockOutThrottle
{
    /// <summary>
    /// A password reaches its upstream some seconds after it was counted here, and the upstream's window begins there. So this server's
    /// window is longer, by more than any attempt takes.
    /// </summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    /// <summary>For an upstream that resets failures only after the right password, which may have been typed elsewhere.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(30);

    /// <summary>
    /// The maximum age of the upstream's own count when an attempt is counted: a search, and the wait for the outcome of other attempts.
    /// </summary>
    private static readonly TimeSpan MaxReadAge = TimeSpan.FromSeconds(12);

    /// <param name="browser">
    /// The known browser's own bucket, so that guesses made elsewhere, or by others in the same office, cause no delay there. Null for all
    /// other browsers.
    /// </param>
    public static IReadOnlyList<Throttle> Of(ThrottleKey key, LockOut? lockOut, int? browser)
    {
        List<Throttle> throttles = browser is { } own
            ? [OfAccount(key, own)]
            : [OfAccount(key, key.Account), OfAddress(key.Address),
                OfAddress(key.Spray) with { Free = ThrottleLimits.FreeAccounts, FirstDelay = ThrottleLimits.MinDelayOfSprayer,
                    OnlyFirstOf = key.Account }];
        if (lockOut is null) return throttles;

        var max = MaxFailures(lockOut, browser is not null);
        throttles.Add(OfLockOut(key, lockOut, max));

        // The upstream's count was read some seconds ago, and does not include attempts since then.
        if (lockOut is { Failures: > 0, Window: not null })
            throttles.Add(new Throttle(key.Recent, Math.Max(1, max - lockOut.Failures), MaxReadAge) { Marker = key.Marker });
        return throttles;
    }

    public static Throttle OfAddress(int bucket) => Soft(bucket, ThrottleLimits.FreePerAddress);

    /// <summary>
    /// How many wrong passwords may reach an upstream that locks accounts: one less than would lock the account, and from unknown browsers
    /// one less again, which is reserved for known browsers. At least one, because otherwise nobody could sign in.
    /// </summary>
    public static int MaxFailures(LockOut lockOut, bool isKnown) => Math.Max(1, lockOut.MaxFailures - (isKnown ? 1 : 2));

    // For an upstream that never resets its count and shows it, only attempts that it may not have counted yet are counted here.
    private static Throttle OfLockOut(ThrottleKey key, LockOut lockOut, int max) => (lockOut switch
    {
        { Window: { } window } => new Throttle(key.LockOut, max, window + Margin),
        { ShowsFailures: true } => new Throttle(key.LockOut, Math.Max(1, max - lockOut.Failures), Margin),
        _ => new Throttle(key.LockOut, max, Never),
    }) with { Marker = key.Marker };

    private static Throttle OfAccount(ThrottleKey key, int bucket) =>
        Soft(bucket, ThrottleLimits.FreePerAccount) with { Marker = key.Marker };

    private static Throttle Soft(int bucket, int free) =>
        new(bucket, free, ThrottleLimits.Memory) { FirstDelay = ThrottleLimits.Shortest, LongestDelay = ThrottleLimits.Longest };
}
