using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Keys;

/// <summary>
/// Reports to administrators a protected value that can't be decrypted, because of a wrong key, a damaged row or a row that was copied from
/// elsewhere: in the log and the audit log, with the fix, once an hour for each value. The request that needs it is refused; it is neither
/// a bug nor an outage.
/// </summary>
internal sealed class UnreadableSecrets(AuditLog audit, TimeProvider clock, ILogger<UnreadableSecrets> log)
{
    private const int MaxRemembered = 1_000;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromHours(1);

    private readonly RecentlyReported<string> reported = new(ReportInterval, MaxRemembered, clock);

    /// <param name="what">The name of the value, such as <c>The authenticator ID</c>.</param>
    /// <param name="fix">What an administrator must do about it, as a sentence.</param>
    /// <param name="personId">The person whose value it is; null: nobody's.</param>
    /// <param name="ct">If it is cancelled, the value will be reported again.</param>
    public async Task ReportAsync(string what, string fix, PersonId? personId, CancellationToken ct)
    {
        if (!reported.IsNews(what)) return;

        log.SecretUnreadable(what, fix);
        await audit.AppendAsync(
            new NewAuditEvent(AuditEventType.SecretUnreadable) { Actor = Actor.Issuer.Name, PersonId = personId,
                Detail = $"{what} can't be decrypted. {fix}" }, ct);
        reported.Remember(what);
    }
}
