using System.Globalization;
using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Directories;

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
    public sealed record Barred(string Reason, BarredLogin Why) : PasswordResult;

    public sealed record Unreachable(string Detail) : PasswordResult;
}

/// <summary>One try: waits its turn at the gate, asks the account's connector, finds the person.</summary>
internal sealed class PasswordLogin(GuessGate gate, ConnectorCatalog connectors, LocalConnector local, ConnectorTrouble trouble, SubjectLinker linker, TimeProvider clock)
{
    /// <param name="typed">The name as it was typed; <paramref name="account"/> says whom it means.</param>
    public async Task<PasswordResult> TryAsync(string typed, TypedAccount account, string password, Visitor visitor, KnownBrowser? known, CancellationToken ct)
    {
        if (await gate.EnterAsync(account.Name, visitor.Address, known, ct) is not { } turn) return new PasswordResult.Refused("Delayed", AccountExists: false);

        // From here on the try is counted for the account. A visitor who hangs up does not take it back.
        switch (await AskAsync(account.Connector, typed, password, ct))
        {
            case UpstreamAnswer.Known(var identity):
                return await LinkAsync(identity, turn, visitor, ct);

            case UpstreamAnswer.Refused { PasswordWasRight: true } refused:
                await gate.ForgiveAsync(turn, ct);
                return new PasswordResult.Barred(refused.Reason.ToString(), BarredLogin.For(refused.Reason));

            case UpstreamAnswer.Refused(var reason):
                await gate.BlameAsync(turn, visitor.Address, ct);
                return new PasswordResult.Refused(reason.ToString(), reason != Refusal.Unknown);

            case UpstreamAnswer.Unreachable(var detail):
                await gate.TakeBackAsync(turn, ct);
                return new PasswordResult.Unreachable($"{account.Connector}: {detail}");

            default:
                throw new InvalidOperationException("A connector's answer is one of three.");
        }
    }

    private async Task<UpstreamAnswer> AskAsync(ConnectorId id, string typed, string password, CancellationToken ct)
    {
        if (connectors.Find(id) is not { } directory) return await local.AuthenticateAsync(typed, password, ct);

        var start = clock.GetTimestamp();
        var answer = await directory.Connector.AuthenticateAsync(typed, password, ct);
        await trouble.HeardAsync(id, "login", answer, clock.GetElapsedTime(start), ct);
        return answer;
    }

    private async Task<PasswordResult> LinkAsync(UpstreamIdentity identity, GuessTurn turn, Visitor visitor, CancellationToken ct)
    {
        switch (await linker.LinkAsync(identity, new Actor(identity.Connector.Value, visitor.Address?.ToString(), visitor.Reference), ct))
        {
            case LinkedPerson.Linked(var person):
                await gate.ForgiveAsync(turn, ct);
                return new PasswordResult.Proven(person);

            case LinkedPerson.NameTaken taken:
                await gate.ForgiveAsync(turn, ct);
                var until = taken.ReservedUntil is { } reserved ? string.Create(CultureInfo.InvariantCulture, $", reserved until {reserved:yyyy-MM-dd}") : "";
                return new PasswordResult.Barred($"NameTaken{until}", BarredLogin.NameTaken(identity.Username));

            case LinkedPerson.NameNotAllowed(var fault):
                await gate.ForgiveAsync(turn, ct);
                return new PasswordResult.Barred($"NameNotAllowed, it {fault}", BarredLogin.For(Refusal.NameNotAllowed));

            // What our own administrators have done to an account is told to nobody, with or without the password.
            case LinkedPerson.Disabled:
                await gate.BlameAsync(turn, visitor.Address, ct);
                return new PasswordResult.Refused(nameof(Refusal.Disabled), AccountExists: true);

            case LinkedPerson.Gone:
                await gate.BlameAsync(turn, visitor.Address, ct);
                return new PasswordResult.Refused("NotLinked", AccountExists: true);

            default:
                throw new InvalidOperationException("A link of an unknown outcome.");
        }
    }
}
