using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Login;

/// <summary>One attempt with a password: asks the connector of the account, after the throttle allows it, and finds the person.</summary>
internal sealed class PasswordLogin(
    KnownBrowsers browsers, PasswordThrottle throttle, PasswordCheck check, UpstreamRemarks remarks, ProofLinker linker,
    PasswordTimes times)
{
    /// <param name="http">The request of the visitor.</param>
    /// <param name="typed">The name as it was typed.</param>
    /// <param name="account">Its account.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="ct">Cancels the attempt while it is not yet counted.</param>
    public async Task<ProofResult> TryAsync(HttpContext http, string typed, TypedAccount account, string password, CancellationToken ct)
    {
        // An address that must wait anyway does not cause a request to the upstream.
        var address = http.Connection.RemoteIpAddress;
        if (!browsers.IsKnown(http) && await throttle.MustWaitAsync(address, ct))
            return new ProofResult.Refused(nameof(Refusal.Delayed), Account: null);

        var (attempts, isBusy) = (new List<CountedAttempt>(), false);
        switch (await check.AskAsync(account.Connector, typed, password, MayTryAsync, ct))
        {
            case UpstreamAnswer.Known(var identity):
                var result = await linker.LinkAsync(account.Connector, identity, account.Name, http, ct);
                await EachAsync(attempts, result is ProofResult.Refused ? throttle.RecordFailureAsync : throttle.RecordSuccessAsync);
                return result;

            case UpstreamAnswer.Refused { IdentityProven: true } refused:
                await EachAsync(attempts, throttle.RecordSuccessAsync);
                return new ProofResult.Barred(refused.Reason.ToString(), account.Name, RefusedLogin.For(refused.Reason));

            case UpstreamAnswer.Refused(Refusal.Delayed) when isBusy:
                return new ProofResult.Unreachable("too many password checks are running at the same time.");

            case UpstreamAnswer.Refused(Refusal.Delayed):
                return new ProofResult.Refused(nameof(Refusal.Delayed), Account: null);

            case UpstreamAnswer.Refused(var reason):
                await EachAsync(attempts, throttle.RecordFailureAsync);
                return new ProofResult.Refused(reason.ToString(), reason == Refusal.Unknown ? null : account.Name);

            case UpstreamAnswer.Unreachable unreachable:
                await EachAsync(attempts, attempt => throttle.WithdrawAsync(attempt, unreachable.MayHaveArrived));
                return new ProofResult.Unreachable($"{account.Connector}: {unreachable.Detail}");

            default:
                throw new InvalidOperationException("The connector gave an answer of an unknown kind.");
        }

        async Task<bool> MayTryAsync(TriedAccount tried)
        {
            if (tried.LockOut is { IsAssumed: true } taken)
                await remarks.RecordAnswerAsync(tried.Connector, [new UpstreamRemark.LockOutUnknown(taken with { Failures = 0 })], ct);

            // From here on the attempt is counted for the account, even if the visitor disconnects.
            var verdict = await throttle.EnterAsync(tried, address, await browsers.FindAsync(http, tried, ct), ct);
            if (verdict.Attempt is { } attempt) attempts.Add(attempt);
            isBusy = verdict.IsBusy;
            return verdict.Attempt is not null;
        }
    }

    /// <summary>Makes a refusal take as long as any other for this connector.</summary>
    public Task DelayAsync(RefusalDelay delay, ConnectorId connector, CancellationToken ct) => delay.WaitAsync(times.Of(connector), ct);

    private static async Task EachAsync(List<CountedAttempt> attempts, Func<CountedAttempt, Task> settle)
    {
        foreach (var attempt in attempts) await settle(attempt);
    }
}
