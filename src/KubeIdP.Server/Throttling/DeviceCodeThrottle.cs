using System.Net;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>
/// Limits guesses at the codes of other machines. Each is counted before the code is looked up, for the person, so that a new session is no
/// new start, and for the network. A right code resets nothing: somebody who guesses could have codes of their own in between.
/// </summary>
internal sealed class DeviceCodeThrottle(FailureStore failures, ThrottleKeys keys)
{
    /// <summary>The counted attempt, to be settled; null if there were too many wrong ones: then no code must be looked up.</summary>
    public async Task<IReadOnlyList<Throttle>?> EnterAsync(PersonId personId, IPAddress? address, CancellationToken ct)
    {
        var (person, network) = keys.OfDeviceCodes(personId, address);
        return await failures.TakeAsync(
            [
                new Throttle(person, ThrottleLimits.DeviceCodesPerPerson, ThrottleLimits.DeviceCodeMemory),
                new Throttle(network, ThrottleLimits.DeviceCodesPerAddress, ThrottleLimits.DeviceCodeMemory),
            ], ct) is ThrottleAnswer.Taken(var taken) ? taken : null;
    }

    /// <summary>Without a cancellation token, because an attempt must be settled even if its visitor has left.</summary>
    public Task SettleAsync(IReadOnlyList<Throttle> counted, bool isWrong) => failures.SettleAsync(
        counted.Select(throttle => (throttle, isWrong ? AttemptOutcome.Failure : AttemptOutcome.Nothing)), CancellationToken.None);
}
