using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Freshness;
using KubeIdP.Server.Sessions;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Decides whether a grant may be used now, before the UPDATE that uses it. If the directory's last answer about the person is too old, the
/// directory is asked here.
/// </summary>
internal sealed class GrantUsability(SessionOptions options, SessionStore sessions, PersonFreshness freshness)
{
    /// <summary>The message for a person whose user name is not allowed in a token; null if it is allowed.</summary>
    public static string? RefusalOfName(string username) =>
        UserName.FaultOf(username) is null ? null : "This user name can't be used with Kubernetes. Ask an administrator.";

    /// <summary>Also ends a session that turns out to be over.</summary>
    public async Task<GrantCheck> JudgeAsync(GrantSnapshot? grant, CancellationToken ct)
    {
        if (await RefusalAsync(grant, ct) is { } refusal) return new GrantCheck.Over(refusal);

        return await freshness.OfAsync(grant!.Person, grant.Now, ct) switch
        {
            PersonCheck.Good(var person) => new GrantCheck.Usable(grant with { Person = person }),
            PersonCheck.Refused refused => new GrantCheck.Over(refused.Advice),
            PersonCheck.Unknown => new GrantCheck.Unknown(),
            _ => throw new InvalidOperationException("The freshness check gave an unknown result."),
        };
    }

    private async Task<string?> RefusalAsync(GrantSnapshot? grant, CancellationToken ct)
    {
        if (grant is null) return OverAdvice.Unknown;
        if (grant.Person.Disabled)
        {
            // Checked before the end of the session, which was caused by disabling the person: "sign in again" would be wrong advice.
            if (grant.EndedAt is null) await EndAsync(grant, GrantEnd.Disabled, ct);
            return "The account is disabled. Ask an administrator.";
        }

        if (grant.EndedAt is not null || grant.Now >= grant.EndsAt) return await AdviceAsync(grant, ct);
        if (RefusalOfName(grant.Person.Username) is { } notAllowed) return notAllowed;

        if (options.IsIdle(grant.LastActiveAt, grant.Now))
        {
            await EndAsync(grant, GrantEnd.Idle, ct);
            return await AdviceAsync(grant, ct);
        }

        return null;
    }

    /// <summary>Only a refusal costs this statement.</summary>
    private async Task<string> AdviceAsync(GrantSnapshot grant, CancellationToken ct) =>
        await sessions.FindEndAsync(grant.SessionId, ct) is { } end
            ? OverAdvice.Of(SessionOver.Of(end, options), end.ReasonForPerson, grant.EndedWhy)
            : OverAdvice.Unknown;

    private Task<bool> EndAsync(GrantSnapshot grant, string why, CancellationToken ct) =>
        sessions.EndAsync(grant.SessionId, Actor.Issuer, why, ct, clientId: grant.ClientId, grantId: grant.GrantId);
}
