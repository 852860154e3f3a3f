using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>Which limits a try at a password must keep.</summary>
internal static class LockOutThrottle
{
    /// <summary>
    /// A password reaches its upstream some seconds after it was counted, and there its window begins: ours is longer by more than any try takes.
    /// </summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    /// <summary>Where an upstream forgets failures only after the right password, which may have been typed elsewhere.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(30);

    /// <summary>So long ago at most an upstream's own count was read when a try is counted: a search, and the wait for the outcome of other tries.</summary>
    private static readonly TimeSpan ReadAgo = TimeSpan.FromSeconds(12);

    /// <param name="browser">
    /// The known browser's own bucket: nobody's guesses elsewhere, nor those of a whole office, delay anybody there. Null for all other browsers.
    /// </param>
    public static IReadOnlyList<Throttle> Of(ThrottleKey key, LockOut? lockOut, int? browser)
    {
        List<Throttle> throttles = browser is { } own
            ? [OfAccount(key, own)]
            : [OfAccount(key, key.Account), OfAddress(key.Address), OfAddress(key.Spray) with { Free = ThrottleLimits.FreeAccounts, FirstDelay = ThrottleLimits.ShortestOfSprayer, OnlyFirstOf = key.Account }];
        if (lockOut is null) return throttles;

        var max = MaxFailures(lockOut, browser is not null);
        throttles.Add(OfLockOut(key, lockOut, max));

        // Its own count was read some seconds ago, and does not have what was sent since.
        if (lockOut is { Failures: > 0, Window: not null }) throttles.Add(new Throttle(key.Recent, Math.Max(1, max - lockOut.Failures), ReadAgo) { Marker = key.Marker });
        return throttles;
    }

    public static Throttle OfAddress(int bucket) => Soft(bucket, ThrottleLimits.FreePerAddress);

    /// <summary>
    /// How many wrong passwords may reach an upstream that locks for them: all but the one that would lock, and from other browsers one less, which is kept
    /// back for those that are known. One always may: nobody could ever sign in otherwise.
    /// </summary>
    public static int MaxFailures(LockOut lockOut, bool isKnown) => Math.Max(1, lockOut.MaxFailures - (isKnown ? 1 : 2));

    // An upstream that never forgets, and says what it has counted, need not be remembered for: what it may not have counted yet is what is left to count.
    private static Throttle OfLockOut(ThrottleKey key, LockOut lockOut, int max) => (lockOut switch
    {
        { Window: { } window } => new Throttle(key.LockOut, max, window + Margin),
        { TellsFailures: true } => new Throttle(key.LockOut, Math.Max(1, max - lockOut.Failures), Margin),
        _ => new Throttle(key.LockOut, max, Never),
    }) with { Marker = key.Marker };

    private static Throttle OfAccount(ThrottleKey key, int bucket) => Soft(bucket, ThrottleLimits.FreePerAccount) with { Marker = key.Marker };

    private static Throttle Soft(int bucket, int free) => new(bucket, free, ThrottleLimits.Memory) { FirstDelay = ThrottleLimits.Shortest, LongestDelay = ThrottleLimits.Longest };
}
