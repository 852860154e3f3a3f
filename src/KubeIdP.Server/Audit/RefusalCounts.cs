using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>Writes how many refusals got no row of their own, soon after each minute and before the server stops: nobody need come again for it.</summary>
internal sealed class RefusalCounts(RefusalAudit audit, JobServices services, ILogger<RefusalCounts> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // The minute that goes on is over, too.
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

    /// <summary>The counts wait in memory.</summary>
    protected override void LogFailure(Exception fault) => log.CountsNotWritten(fault.GetBaseException().Message);
}
