using System.Net;
using KubeIdP.Data.Guessing;
using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Login;

/// <summary>A try that may go on, and where it has been counted.</summary>
/// <param name="Key">By name and address.</param>
/// <param name="Bucket">The account's bucket, or the known browser's own.</param>
/// <param name="AddressCounted">Whether it has been counted for the address already.</param>
internal sealed record GuessTurn(GuessKey Key, int Bucket, bool AddressCounted);

/// <summary>Every try at a password passes here: it is counted before it is looked at, and forgiven when it was right.</summary>
internal sealed class GuessGate(FailureStore failures, GuessKeys keys, SprayGuard spraying)
{
    /// <summary>Null when the try must wait: then the password may not be looked at.</summary>
    /// <param name="username">As typed.</param>
    /// <param name="address">Where the try comes from.</param>
    /// <param name="known">
    /// The browser, when this person has signed in with it: nobody's guesses elsewhere, nor those of a whole office, delay them there. It has a counter of
    /// its own, so that a stolen cookie is no free pass.
    /// </param>
    /// <param name="ct">A try that was counted stays counted.</param>
    public async Task<GuessTurn?> EnterAsync(string username, IPAddress? address, KnownBrowser? known, CancellationToken ct)
    {
        var key = keys.For(username, address);
        var addressCounted = false;
        if (known is null)
        {
            var byAddress = await failures.ReadAsync(key.Address, marker: null, ct);
            if (MustWait(byAddress, GuessDelay.FreePerAddress)) return null;

            // Below the free tries an address is counted after the answer: an office that signs in at nine is no guesser because many of its tries are
            // under way at once. Above, of all that waited for the same delay one goes on.
            addressCounted = byAddress.Failures >= GuessDelay.FreePerAddress;
            if (addressCounted && !await failures.CountAsync(key.Address, byAddress, GuessDelay.FreePerAddress, GuessDelay.Memory, ct)) return null;
        }

        var bucket = known is null ? key.Account : keys.BucketOf(known);
        var count = await failures.ReadAsync(bucket, key.Marker, ct);
        if (MustWait(count, GuessDelay.FreePerAccount)) return null;

        // Otherwise a thousand parallel guesses would all see the count of the first.
        var mayTry = await failures.CountAsync(bucket, count, GuessDelay.FreePerAccount, GuessDelay.Memory, ct);
        return mayTry ? new GuessTurn(key, bucket, addressCounted) : null;
    }

    /// <summary>The password was right.</summary>
    public async Task ForgiveAsync(GuessTurn turn, CancellationToken ct)
    {
        await failures.ForgetAsync(turn.Bucket, ct);
        if (turn.AddressCounted) await failures.TakeBackAsync(turn.Key.Address, ct);
    }

    /// <summary>Nobody could look at the password.</summary>
    public async Task TakeBackAsync(GuessTurn turn, CancellationToken ct)
    {
        await failures.TakeBackAsync(turn.Bucket, ct);
        if (turn.AddressCounted) await failures.TakeBackAsync(turn.Key.Address, ct);
    }

    /// <summary>The password was wrong, or nobody's.</summary>
    public async Task BlameAsync(GuessTurn turn, IPAddress? address, CancellationToken ct)
    {
        if (!turn.AddressCounted) await failures.CountAsync(turn.Key.Address, GuessDelay.Memory, ct);
        await spraying.ObserveAsync(turn.Key, address, ct);
    }

    private static bool MustWait(FailureCount count, int free) => GuessDelay.MustWait(count.Failures, free, count.LastAt, count.Now);
}
