using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>
/// Every attempt at a password is counted here before the password is checked, and its count is removed if the password was right.
/// </summary>
internal sealed class PasswordThrottle(FailureStore failures, ThrottleKeys keys, SprayDetection spraying, TimeProvider clock)
{
    // Longer than the timeout of a directory.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(6);

    // More than an office needs, and few enough for the database, which each of them polls.
    private const int MaxWaiting = 500;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(400);

    private int waiting;

    /// <summary>Whether unknown browsers at this address must wait now.</summary>
    public Task<bool> MustWaitAsync(IPAddress? address, CancellationToken ct) =>
        failures.MustWaitAsync(LockOutThrottle.OfAddress(keys.OfAddress(address)), ct);

    /// <param name="account">The account that was found.</param>
    /// <param name="address">The address of the attempt.</param>
    /// <param name="known">
    /// The browser, if this person has signed in with it. It has a counter of its own, so that a stolen cookie does not allow unlimited
    /// guesses.
    /// </param>
    /// <param name="ct">An attempt that was counted stays counted.</param>
    public async Task<ThrottleVerdict> EnterAsync(TriedAccount account, IPAddress? address, KnownBrowser? known, CancellationToken ct)
    {
        var key = keys.For(account, address);

        // Failures at the directory itself count too.
        if (account.LockOut is { } lockOut && lockOut.Failures >= LockOutThrottle.MaxFailures(lockOut, known is not null)) return default;

        var throttles = LockOutThrottle.Of(key, account.LockOut, known is null ? null : keys.BucketOf(known));
        var began = clock.GetTimestamp();
        for (var pause = FirstDelay; ; pause = pause * 2 < MaxDelay ? pause * 2 : MaxDelay)
        {
            switch (await failures.TakeAsync(throttles, ct))
            {
                case ThrottleAnswer.Taken(var taken):
                    return new ThrottleVerdict(new CountedAttempt(key, taken), IsBusy: false);

                case ThrottleAnswer.Delayed(var by):
                    if (by.Bucket == key.Spray) await spraying.RaiseAsync(address, ct);
                    return default;

                // Many concurrent attempts of an office are not treated as guessing: they wait for each other's outcome.
                case ThrottleAnswer.Busy when clock.GetElapsedTime(began) < Timeout && await WaitAsync(pause, ct):
                    break;

                default:
                    return new ThrottleVerdict(null, IsBusy: true);
            }
        }
    }

    /// <summary>Returns false immediately if too many wait already, because the number of waiting strangers must be limited.</summary>
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
    public Task RecordSuccessAsync(CountedAttempt counted) =>
        SettleAsync(counted, bucket => IsOfNetwork(counted, bucket) ? AttemptOutcome.Nothing : AttemptOutcome.Success);

    /// <summary>The password was wrong, or there is no such account.</summary>
    public Task RecordFailureAsync(CountedAttempt counted) => SettleAsync(counted, _ => AttemptOutcome.Failure);

    /// <summary>The password could not be checked.</summary>
    /// <param name="counted">The attempt.</param>
    /// <param name="mayHaveArrived">Whether it may have reached the upstream, which then may have counted it.</param>
    public Task WithdrawAsync(CountedAttempt counted, bool mayHaveArrived) =>
        SettleAsync(counted,
            bucket => mayHaveArrived && (bucket == counted.Key.LockOut || bucket == counted.Key.Recent)
                ? AttemptOutcome.Failure
                : AttemptOutcome.Nothing);

    private static bool IsOfNetwork(CountedAttempt counted, int bucket) => bucket == counted.Key.Address || bucket == counted.Key.Spray;

    // Without a cancellation token, because an attempt must be settled even if its visitor has left.
    private Task SettleAsync(CountedAttempt counted, Func<int, AttemptOutcome> outcome) =>
        failures.SettleAsync(counted.Throttles.Select(throttle => (throttle, outcome(throttle.Bucket))), CancellationToken.None);
}
