using System.Net;
using KubeIdP.Core.Upstreams;
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

    public sealed record Unreachable(string Detail) : PasswordResult;
}

/// <summary>One try: waits its turn at the gate, asks the connector, finds the person.</summary>
internal sealed class PasswordLogin(GuessGate gate, IPasswordConnector connector, SubjectLinker linker)
{
    public async Task<PasswordResult> TryAsync(string username, string password, IPAddress? address, KnownBrowser? known, CancellationToken ct)
    {
        if (await gate.EnterAsync(username, address, known, ct) is not { } turn) return new PasswordResult.Refused("Delayed", AccountExists: false);

        // From here on the try is counted for the account. A visitor who hangs up does not take it back.
        switch (await connector.AuthenticateAsync(username, password, ct))
        {
            case UpstreamAnswer.Known(var identity) when await linker.FindAsync(identity, ct) is { DisabledAt: null } person:
                await gate.ForgiveAsync(turn, ct);
                return new PasswordResult.Proven(person);

            case UpstreamAnswer.Known:
                await gate.BlameAsync(turn, address, ct);
                return new PasswordResult.Refused("NotLinked", AccountExists: true);

            case UpstreamAnswer.Refused(var reason):
                await gate.BlameAsync(turn, address, ct);
                return new PasswordResult.Refused(reason.ToString(), reason != Refusal.Unknown);

            case UpstreamAnswer.Unreachable(var detail):
                await gate.TakeBackAsync(turn, ct);
                return new PasswordResult.Unreachable(detail);

            default:
                throw new InvalidOperationException("A connector's answer is one of three.");
        }
    }
}
