using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>Appends the counts of refusals that were not recorded one by one, soon after each minute and before the server stops.</summary>
internal sealed class RefusalCounts(RefusalAudit audit, JobServices services, ILogger<RefusalCounts> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // Includes the current minute.
            await audit.WriteCountsAsync(Clock.GetUtcNow() + TimeSpan.FromMinutes(1), cancellationToken);
        }
        catch (Exception fault)
        {
            LogFailure(fault);
        }
    }

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await audit.WriteCountsAsync(Clock.GetUtcNow(), stop);
        return Interval;
    }

    /// <summary>The counts stay in memory until the next run.</summary>
    protected override void LogFailure(Exception fault) => log.CountsNotWritten(fault.GetBaseException().Message);
}
