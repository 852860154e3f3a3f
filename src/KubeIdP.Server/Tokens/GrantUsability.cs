using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Sessions;

namespace KubeIdP.Server.Tokens;

/// <summary>Whether a grant may be used now, judged before the UPDATE that uses it.</summary>
internal sealed class GrantUsability(Settings settings, SessionStore sessions)
{
    /// <summary>Null when the grant may be used, else what the person at the terminal should read. Ends a session that is found to be over.</summary>
    public async Task<string?> RefusalAsync(GrantSnapshot? grant, CancellationToken ct)
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
        if (TokenName.FaultOf(grant.Person.Username) is not null) return "This user name can't be used with Kubernetes. Ask an administrator.";

        if (settings.Sessions.IsIdle(grant.LastActiveAt, grant.Now))
        {
            await EndAsync(grant, GrantEnd.Idle, ct);
            return "The session was not used for too long. Sign in again.";
        }

        return null;
    }

    private Task<bool> EndAsync(GrantSnapshot grant, string why, CancellationToken ct) =>
        sessions.EndAsync(grant.SessionId, by: "issuer", why, new AuditEntry(AuditEventType.SessionEnded)
        {
            PersonId = grant.Person.Id, SessionId = grant.SessionId, GrantId = grant.GrantId, ClientId = grant.ClientId, Detail = why,
        }, ct);
}
