using KubeIdP.Data.Audit;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Hosting.Configuration;

namespace KubeIdP.Server.Factors;

/// <summary>Says at each start, in log and audit, that for now a password alone is enough to set up a second factor.</summary>
internal sealed class OpenEnrolmentNotice(Settings settings, AuditLog audit, TimeProvider clock, ILogger<OpenEnrolmentNotice> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Enrolment.IsOpenAt(clock.GetUtcNow()) || settings.Enrolment.OpenUntil is not { } until) return;

        logger.EnrolmentOpen(EffectiveSettings.Text(until));
        try
        {
            await audit.AppendAsync(new AuditEntry(AuditEventType.EnrolmentOpen) { Actor = Actor.Issuer.Name, Detail = $"until {EffectiveSettings.Text(until)}" }, stoppingToken);
        }
        catch (Exception fault) when (Outage.Is(fault))
        {
            // The log has it; each enrolment without a code is audited as one.
        }
    }
}
