using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>A try that may go on, and where it has been counted.</summary>
internal sealed record CountedTry(ThrottleKey Key, IReadOnlyList<Throttle> Throttles);

/// <summary>Whether a password may be looked at.</summary>
/// <param name="Turn">Null: it may not.</param>
/// <param name="IsBusy">Nobody knows yet whether it might, for too many others are under way.</param>
internal readonly record struct ThrottleVerdict(CountedTry? Turn, bool IsBusy);

/// <summary>Every try at a password passes here: it is counted before it is looked at, and forgiven when it was right.</summary>
internal sealed class PasswordThrottle(FailureStore failures, ThrottleKeys keys, SprayDetection spraying, TimeProvider clock)
{
    // Longer than a directory is waited for.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(6);

    // More than any office, and few enough for a database that each of them asks again.
    private const int MaxWaiting = 500;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    private int waiting;

    /// <summary>Whether no browser that is unknown may try anything from here now.</summary>
    public Task<bool> MustWaitAsync(IPAddress? address, CancellationToken ct) => failures.MustWaitAsync(LockOutThrottle.OfAddress(keys.OfAddress(address)), ct);

    /// <param name="account">The one that was found.</param>
    /// <param name="address">Where the try comes from.</param>
    /// <param name="known">The browser, when this person has signed in with it. It has a counter of its own, so that a stolen cookie is no free pass.</param>
    /// <param name="ct">A try that was counted stays counted.</param>
    public async Task<ThrottleVerdict> EnterAsync(TriedAccount account, IPAddress? address, KnownBrowser? known, CancellationToken ct)
    {
        var key = keys.For(account, address);

        // What somebody did at the directory itself counts there as well.
        if (account.LockOut is { } lockOut && lockOut.Failures >= LockOutThrottle.MaxFailures(lockOut, known is not null)) return default;

        var throttles = LockOutThrottle.Of(key, account.LockOut, known is null ? null : keys.BucketOf(known));
        var began = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            switch (await failures.TakeAsync(throttles, ct))
            {
                case ThrottleAnswer.Taken(var taken):
                    return new ThrottleVerdict(new CountedTry(key, taken), IsBusy: false);

                case ThrottleAnswer.Delayed(var by):
                    if (by.Bucket == key.Spray) await spraying.RaiseAsync(address, ct);
                    return default;

                // An office that signs in at nine is no guesser because many of its tries are under way at once: they wait for each other's outcome.
                case ThrottleAnswer.Busy when clock.GetElapsedTime(began) < Timeout && await WaitAsync(pause, ct):
                    break;

                default:
                    return new ThrottleVerdict(null, IsBusy: true);
            }
        }
    }

    /// <summary>False at once when too many wait already: nothing does without bound for strangers.</summary>
    private async Task<bool> WaitAsync(TimeSpan pause, CancellationToken ct)
    {
        try
        {
            if (Interlocked.Increment(ref waiting) > MaxWaiting) return false;

            await Task.Delay(pause, clock, ct);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>The password was right.</summary>
    public Task ForgiveAsync(CountedTry turn) => SettleAsync(turn, bucket => IsOfNetwork(turn, bucket) ? TryOutcome.Nothing : TryOutcome.Success);

    /// <summary>The password was wrong, or nobody's.</summary>
    public Task BlameAsync(CountedTry turn) => SettleAsync(turn, _ => TryOutcome.Failure);

    /// <summary>Nobody could look at the password.</summary>
    /// <param name="turn">Ends.</param>
    /// <param name="mayHaveArrived">It was sent all the same: then the upstream may have counted it.</param>
    public Task TakeBackAsync(CountedTry turn, bool mayHaveArrived) =>
        SettleAsync(turn, bucket => mayHaveArrived && (bucket == turn.Key.LockOut || bucket == turn.Key.Recent) ? TryOutcome.Failure : TryOutcome.Nothing);

    private static bool IsOfNetwork(CountedTry turn, int bucket) => bucket == turn.Key.Address || bucket == turn.Key.Spray;

    // Whoever has left must not leave a try behind that nobody ends.
    private Task SettleAsync(CountedTry turn, Func<int, TryOutcome> outcome) =>
        failures.SettleAsync(turn.Throttles.Select(throttle => (throttle, outcome(throttle.Bucket))), CancellationToken.None);
}
