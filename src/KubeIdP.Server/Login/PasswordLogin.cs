using System.Globalization;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Login;

/// <summary>What came of a name and a password.</summary>
internal abstract record PasswordResult
{
    private PasswordResult()
    {
    }

    public sealed record Proven(Person Person) : PasswordResult;

    /// <param name="Reason">For the audit; the visitor is told nothing of it.</param>
    /// <param name="AccountExists">Whether the name may be recorded: what is typed as a name and is none may be a password.</param>
    public sealed record Refused(string Reason, bool AccountExists) : PasswordResult;

    /// <summary>The password was right, and still the person may not come in: so they may be told why.</summary>
    /// <param name="Reason">For the audit.</param>
    public sealed record Barred(string Reason, RefusedLogin Why) : PasswordResult;

    public sealed record Unreachable(string Detail) : PasswordResult;
}

/// <summary>One try: asks the account's connector, which waits at the gate for its turn, and finds the person.</summary>
internal sealed class PasswordLogin(
    PasswordThrottle gate, ConnectorCatalog connectors, LocalConnector local, UpstreamEvents trouble, UpstreamRemarks remarks, SubjectLinker linker, PasswordTimes times, TimeProvider clock)
{
    /// <param name="typed">The name as it was typed.</param>
    /// <param name="connector">Where its account is.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="visitor">Who tries.</param>
    /// <param name="known">Whether the visitor's browser is one in which an account's person has signed in.</param>
    /// <param name="ct">Ends what is not yet counted.</param>
    public async Task<PasswordResult> TryAsync(
        string typed, ConnectorId connector, string password, Visitor visitor, Func<TriedAccount, Task<KnownBrowser?>> known, CancellationToken ct)
    {
        var (turns, isBusy) = (new List<CountedTry>(), false);
        switch (await AskAsync(connector, typed, password, MayTryAsync, ct))
        {
            case UpstreamAnswer.Known(var identity):
                return await LinkAsync(identity, turns, visitor, ct);

            case UpstreamAnswer.Refused { PasswordWasRight: true } refused:
                await EachAsync(turns, gate.ForgiveAsync);
                return new PasswordResult.Barred(refused.Reason.ToString(), RefusedLogin.For(refused.Reason));

            case UpstreamAnswer.Refused(Refusal.Delayed) when isBusy:
                return new PasswordResult.Unreachable("too many tries are under way at once.");

            case UpstreamAnswer.Refused(Refusal.Delayed):
                return new PasswordResult.Refused(nameof(Refusal.Delayed), AccountExists: false);

            case UpstreamAnswer.Refused(var reason):
                await EachAsync(turns, gate.BlameAsync);
                return new PasswordResult.Refused(reason.ToString(), reason != Refusal.Unknown);

            case UpstreamAnswer.Unreachable silence:
                await EachAsync(turns, turn => gate.TakeBackAsync(turn, silence.MayHaveArrived));
                return new PasswordResult.Unreachable($"{connector}: {silence.Detail}");

            default:
                throw new InvalidOperationException("A connector's answer is one of three.");
        }

        async Task<bool> MayTryAsync(TriedAccount account)
        {
            if (account.LockOut is { IsAssumed: true } taken) await remarks.HeardAsync(account.Connector, [new UpstreamRemark.LockOutUnknown(taken with { Failures = 0 })], ct);

            // From here on the try is counted for the account. A visitor who hangs up does not take it back.
            var verdict = await gate.EnterAsync(account, visitor.Address, await known(account), ct);
            if (verdict.Turn is { } turn) turns.Add(turn);
            isBusy = verdict.IsBusy;
            return verdict.Turn is not null;
        }
    }

    private async Task<UpstreamAnswer> AskAsync(ConnectorId id, string typed, string password, Func<TriedAccount, Task<bool>> mayTry, CancellationToken ct)
    {
        if (id == ConnectorId.Local) return await local.AuthenticateAsync(typed, password, mayTry, ct);
        if (connectors.Find<IPasswordConnector>(id) is not { } connector) throw new InvalidOperationException($"{id} takes no password, so nobody may be asked for one.");

        // How long somebody waits at the gate says nothing about the upstream.
        var (start, waited) = (clock.GetTimestamp(), TimeSpan.Zero);
        var answer = await connector.AuthenticateAsync(typed, password, TimedAsync, ct);
        var took = clock.GetElapsedTime(start) - waited;
        if (answer is not (UpstreamAnswer.Unreachable or UpstreamAnswer.Refused { Reason: Refusal.Delayed })) times.Heard(id, took);
        await trouble.HeardAsync(id, "login", answer, took, ct);
        return answer;

        async Task<bool> TimedAsync(TriedAccount account)
        {
            var began = clock.GetTimestamp();
            var may = await mayTry(account);
            waited += clock.GetElapsedTime(began);
            return may;
        }
    }

    private static async Task EachAsync(List<CountedTry> turns, Func<CountedTry, Task> settle)
    {
        foreach (var turn in turns) await settle(turn);
    }

    private async Task<PasswordResult> LinkAsync(UpstreamIdentity identity, List<CountedTry> turns, Visitor visitor, CancellationToken ct)
    {
        switch (await linker.LinkAsync(identity, new Actor(identity.Connector.Value, visitor.Address?.ToString(), visitor.Reference), ct))
        {
            case LinkedPerson.Linked(var person):
                await EachAsync(turns, gate.ForgiveAsync);
                return new PasswordResult.Proven(person);

            case LinkedPerson.NameTaken taken:
                await EachAsync(turns, gate.ForgiveAsync);
                var until = taken.ReservedUntil is { } reserved ? string.Create(CultureInfo.InvariantCulture, $", reserved until {reserved:yyyy-MM-dd}") : "";
                return new PasswordResult.Barred($"NameTaken{until}", RefusedLogin.NameTaken(identity.Username));

            case LinkedPerson.NameNotAllowed(var fault):
                await EachAsync(turns, gate.ForgiveAsync);
                return new PasswordResult.Barred($"NameNotAllowed, it {fault}", RefusedLogin.For(Refusal.NameNotAllowed));

            // What our own administrators have done to an account is told to nobody, with or without the password.
            case LinkedPerson.Disabled:
                await EachAsync(turns, gate.BlameAsync);
                return new PasswordResult.Refused(nameof(Refusal.Disabled), AccountExists: true);

            case LinkedPerson.Gone:
                await EachAsync(turns, gate.BlameAsync);
                return new PasswordResult.Refused("NotLinked", AccountExists: true);

            default:
                throw new InvalidOperationException("A link of an unknown outcome.");
        }
    }
}
