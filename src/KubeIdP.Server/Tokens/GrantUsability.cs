using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Freshness;

namespace KubeIdP.Server.Tokens;

/// <summary>The closed set of answers to "may this grant be used now?".</summary>
internal abstract record GrantCheck
{
    private GrantCheck()
    {
    }

    /// <param name="Grant">With its person as they are now.</param>
    public sealed record Usable(GrantSnapshot Grant) : GrantCheck;

    /// <param name="Advice">What the person at the terminal should read.</param>
    public sealed record Over(string Advice) : GrantCheck;

    /// <summary>The person's directory doesn't answer, and what it last said is too old: neither yes nor no, and nothing is used up.</summary>
    public sealed record Unknown : GrantCheck
    {
        public const string Advice = "The directory of this account does not answer right now. Nothing is lost; try again in a moment.";
    }
}

/// <summary>Whether a grant may be used now, judged before the UPDATE that uses it. A person's directory is asked here when what it last said is due.</summary>
internal sealed class GrantUsability(SessionOptions options, SessionStore sessions, PersonFreshness freshness)
{
    /// <summary>What whoever has a name that no token can hold should read; null for a name that one can.</summary>
    public static string? RefusalOfName(string username) =>
        UserName.FaultOf(username) is null ? null : "This user name can't be used with Kubernetes. Ask an administrator.";

    /// <summary>Ends a session that is found to be over.</summary>
    public async Task<GrantCheck> JudgeAsync(GrantSnapshot? grant, CancellationToken ct)
    {
        if (await RefusalAsync(grant, ct) is { } refusal) return new GrantCheck.Over(refusal);

        return await freshness.OfAsync(grant!.Person, grant.Now, ct) switch
        {
            PersonCheck.Good(var person) => new GrantCheck.Usable(grant with { Person = person }),
            PersonCheck.Refused refused => new GrantCheck.Over(refused.Advice),
            PersonCheck.Unknown => new GrantCheck.Unknown(),
            _ => throw new InvalidOperationException("A standing is one of three."),
        };
    }

    private async Task<string?> RefusalAsync(GrantSnapshot? grant, CancellationToken ct)
    {
        if (grant is null) return "The session has ended. Sign in again.";
        if (grant.Person.Disabled)
        {
            // Before the session's own end, which the disabling brought about: to sign in again would not help.
            if (grant.EndedAt is null) await EndAsync(grant, GrantEnd.Disabled, ct);
            return "The account is disabled. Ask an administrator.";
        }

        if (grant.EndedAt is not null) return "The session has ended. Sign in again.";
        if (grant.Now >= grant.EndsAt) return "The session has reached its longest duration. Sign in again.";
        if (RefusalOfName(grant.Person.Username) is { } notAllowed) return notAllowed;

        if (options.IsIdle(grant.LastActiveAt, grant.Now))
        {
            await EndAsync(grant, GrantEnd.Idle, ct);
            return "The session was not used for too long. Sign in again.";
        }

        return null;
    }

    private Task<bool> EndAsync(GrantSnapshot grant, string why, CancellationToken ct) =>
        sessions.EndAsync(grant.SessionId, by: "issuer", why, new NewAuditEvent(AuditEventType.SessionEnded)
        {
            PersonId = grant.Person.Id, SessionId = grant.SessionId, GrantId = grant.GrantId, ClientId = grant.ClientId, Detail = why,
        }, ct);
}
