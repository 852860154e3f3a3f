using System.Globalization;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Login;

/// <summary>The outcome of checking a name and a password.</summary>
internal abstract record PasswordResult
{
    private PasswordResult()
    {
    }

    public sealed record Proven(Person Person) : PasswordResult;

    /// <param name="Reason">For the audit log; not shown to the visitor.</param>
    /// <param name="AccountExists">Whether the name may be recorded: a typed name that does not exist may be a password.</param>
    public sealed record Refused(string Reason, bool AccountExists) : PasswordResult;

    /// <summary>
    /// The password was right, but the person may not sign in. Because the password was right, the page may show the reason.
    /// </summary>
    /// <param name="Reason">For the audit log.</param>
    public sealed record Barred(string Reason, RefusedLogin Why) : PasswordResult;

    public sealed record Unreachable(string Detail) : PasswordResult;
}

/// <summary>One attempt: asks the connector of the account, after the password throttle allows it, and finds the person.</summary>
internal sealed class PasswordLogin(
    PasswordThrottle gate, ConnectorCatalog connectors, LocalConnector local, UpstreamEvents trouble, UpstreamRemarks remarks,
    SubjectLinker linker, PasswordTimes times, TimeProvider clock)
{
    /// <param name="typed">The name as it was typed.</param>
    /// <param name="connector">The connector of its account.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="visitor">Who makes the attempt.</param>
    /// <param name="known">Tells whether the owner of an account has signed in before in the visitor's browser.</param>
    /// <param name="ct">Cancels the attempt while it is not yet counted.</param>
    public async Task<PasswordResult> TryAsync(
        string typed, ConnectorId connector, string password, Visitor visitor, Func<TriedAccount, Task<KnownBrowser?>> known,
        CancellationToken ct)
    {
        var (turns, isBusy) = (new List<CountedAttempt>(), false);
        switch (await AskAsync(connector, typed, password, MayTryAsync, ct))
        {
            case UpstreamAnswer.Known(var identity):
                return await LinkAsync(identity, turns, visitor, ct);

            case UpstreamAnswer.Refused { IdentityProven: true } refused:
                await EachAsync(turns, gate.RecordSuccessAsync);
                return new PasswordResult.Barred(refused.Reason.ToString(), RefusedLogin.For(refused.Reason));

            case UpstreamAnswer.Refused(Refusal.Delayed) when isBusy:
                return new PasswordResult.Unreachable("too many password checks are running at the same time.");

            case UpstreamAnswer.Refused(Refusal.Delayed):
                return new PasswordResult.Refused(nameof(Refusal.Delayed), AccountExists: false);

            case UpstreamAnswer.Refused(var reason):
                await EachAsync(turns, gate.RecordFailureAsync);
                return new PasswordResult.Refused(reason.ToString(), reason != Refusal.Unknown);

            case UpstreamAnswer.Unreachable silence:
                await EachAsync(turns, turn => gate.WithdrawAsync(turn, silence.MayHaveArrived));
                return new PasswordResult.Unreachable($"{connector}: {silence.Detail}");

            default:
                throw new InvalidOperationException("The connector gave an answer of an unknown kind.");
        }

        async Task<bool> MayTryAsync(TriedAccount account)
        {
            if (account.LockOut is { IsAssumed: true } taken)
                await remarks.RecordAnswerAsync(account.Connector, [new UpstreamRemark.LockOutUnknown(taken with { Failures = 0 })], ct);

            // From here on the attempt is counted for the account, even if the visitor disconnects.
            var verdict = await gate.EnterAsync(account, visitor.Address, await known(account), ct);
            if (verdict.Turn is { } turn) turns.Add(turn);
            isBusy = verdict.IsBusy;
            return verdict.Turn is not null;
        }
    }

    private async Task<UpstreamAnswer> AskAsync(ConnectorId id, string typed, string password, Func<TriedAccount, Task<bool>> mayTry,
        CancellationToken ct)
    {
        if (id == ConnectorId.Local) return await local.AuthenticateAsync(typed, password, mayTry, ct);
        if (connectors.Find<IPasswordConnector>(id) is not { } connector)
            throw new InvalidOperationException($"{id} does not accept passwords.");

        // The time spent waiting for the throttle must not count as response time of the upstream.
        var (start, waited) = (clock.GetTimestamp(), TimeSpan.Zero);
        var answer = await connector.AuthenticateAsync(typed, password, TimedAsync, ct);
        var took = clock.GetElapsedTime(start) - waited;
        if (answer is not (UpstreamAnswer.Unreachable or UpstreamAnswer.Refused { Reason: Refusal.Delayed })) times.Record(id, took);
        await trouble.RecordAnswerAsync(id, "login", answer, took, ct);
        return answer;

        async Task<bool> TimedAsync(TriedAccount account)
        {
            var began = clock.GetTimestamp();
            var may = await mayTry(account);
            waited += clock.GetElapsedTime(began);
            return may;
        }
    }

    private static async Task EachAsync(List<CountedAttempt> turns, Func<CountedAttempt, Task> settle)
    {
        foreach (var turn in turns) await settle(turn);
    }

    private async Task<PasswordResult> LinkAsync(UpstreamIdentity identity, List<CountedAttempt> turns, Visitor visitor,
        CancellationToken ct)
    {
        switch (await linker.LinkAsync(identity, new Actor(identity.Connector.Value, visitor.Address?.ToString(), visitor.Reference), ct))
        {
            case LinkedPerson.Linked(var person):
                await EachAsync(turns, gate.RecordSuccessAsync);
                return new PasswordResult.Proven(person);

            case LinkedPerson.NameTaken taken:
                await EachAsync(turns, gate.RecordSuccessAsync);
                var until = taken.ReservedUntil is { } reserved
                    ? string.Create(CultureInfo.InvariantCulture, $", reserved until {reserved:yyyy-MM-dd}")
                    : "";
                return new PasswordResult.Barred($"NameTaken{until}", RefusedLogin.NameTaken(identity.Username));

            case LinkedPerson.NameNotAllowed(var fault):
                await EachAsync(turns, gate.RecordSuccessAsync);
                return new PasswordResult.Barred($"NameNotAllowed, it {fault}", RefusedLogin.For(Refusal.NameNotAllowed));

            // Whether an administrator of this server has disabled an account is never revealed, even with the right password.
            case LinkedPerson.Disabled:
                await EachAsync(turns, gate.RecordFailureAsync);
                return new PasswordResult.Refused(nameof(Refusal.Disabled), AccountExists: true);

            case LinkedPerson.Gone:
                await EachAsync(turns, gate.RecordFailureAsync);
                return new PasswordResult.Refused("NotLinked", AccountExists: true);

            default:
                throw new InvalidOperationException("The link has an unknown outcome.");
        }
    }
}
