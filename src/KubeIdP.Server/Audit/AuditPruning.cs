using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>Once an hour deletes the facts that are older than the configuration wants, a few at a time. Any number of replicas may do it at once.</summary>
internal sealed class AuditPruning(AuditLog audit, AuditOptions options, JobServices services, ILogger<AuditPruning> log) : BackgroundJob(services)
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

    /// <summary>A database that is away now is asked again in an hour; nothing depends on this having run.</summary>
    protected override void LogFailure(Exception fault) => log.PruningFailed(fault.GetBaseException().Message);
}
