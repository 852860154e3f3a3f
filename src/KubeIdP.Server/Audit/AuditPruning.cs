using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>Once an hour deletes the facts that are older than the configuration wants, a few at a time. Any number of replicas may do it at once.</summary>
internal sealed class AuditPruning(AuditLog audit, Settings settings, TimeProvider clock, ILogger<AuditPruning> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Audit.Retention is not { } retention) return;

        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do
        {
            try
            {
                while (await audit.PruneAsync(retention, exportedOnly: settings.Audit.JsonLines is not null, stoppingToken) > 0)
                {
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // A database that is away now is asked again in an hour; nothing depends on this having run.
                log.PruningFailed(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
