using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Keys;

/// <summary>
/// Tells administrators of something protected that does not open, because of another key, a damaged row or one that was copied from elsewhere: in the log and
/// in the audit, with the fix, once an hour for each. Whoever needs it is refused; it is no bug and no outage.
/// </summary>
internal sealed class UnreadableSecrets(AuditLog audit, TimeProvider clock, ILogger<UnreadableSecrets> log)
{
    private const int MaxRemembered = 1_000;

    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    private readonly RecentlyReported<string> told = new(Quiet, MaxRemembered, clock);

    /// <param name="what">Which it is, such as <c>The authenticator ID</c>.</param>
    /// <param name="fix">What an administrator does about it, in a sentence.</param>
    /// <param name="personId">Whose it is; null: nobody's.</param>
    /// <param name="ct">Then it is still news.</param>
    public async Task ReportAsync(string what, string fix, PersonId? personId, CancellationToken ct)
    {
        if (!told.IsNews(what)) return;

        log.SecretUnreadable(what, fix);
        await audit.AppendAsync(new NewAuditEvent(AuditEventType.SecretUnreadable) { Actor = Actor.Issuer.Name, PersonId = personId, Detail = $"{what} can't be opened. {fix}" }, ct);
        told.Remember(what);
    }
}
