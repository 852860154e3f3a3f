using KubeIdP.Data.Audit;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Enrolment;

/// <summary>
/// Reports at each start, in the log and the audit log, that a password alone is currently enough to set up a second factor.
/// </summary>
internal sealed class OpenEnrolmentNotice(EnrolmentOptions options, AuditLog audit, JobServices services,
    ILogger<OpenEnrolmentNotice> logger) : BackgroundJob(services)
{
    private bool isLogged;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (!options.IsOpenAt(Clock.GetUtcNow()) || options.OpenUntil is not { } until) return null;

        if (!isLogged) logger.EnrolmentOpen(EffectiveSettings.Text(until));
        isLogged = true;
        await audit.AppendAsync(
            new NewAuditEvent(AuditEventType.EnrolmentOpen) { Actor = Actor.Issuer.Name,
                Detail = $"until {EffectiveSettings.Text(until)}" }, stop);
        return null;
    }

    protected override void LogFailure(Exception fault) => logger.EnrolmentOpenNotRecorded(fault.GetBaseException().Message);
}
