using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Deletes audit events that are older than the configured retention, once an hour and a few at a time. Any number of replicas may do so at
/// once.
/// </summary>
internal sealed class AuditPruning(AuditLog audit, AuditOptions options, JobServices services, ILogger<AuditPruning> log)
    : BackgroundJob(services)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (options.Retention is not { } retention) return null;

        while (await audit.PruneAsync(retention, exportedOnly: options.JsonLines is not null, stop) > 0)
        {
        }

        return Interval;
    }

    /// <summary>If the database is unavailable, this is retried in an hour; nothing depends on it.</summary>
    protected override void LogFailure(Exception fault) => log.PruningFailed(fault.GetBaseException().Message);
}
