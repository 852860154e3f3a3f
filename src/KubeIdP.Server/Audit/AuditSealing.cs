using KubeIdP.Data.Audit;
using KubeIdP.Server.Hosting;

namespace KubeIdP.Server.Audit;

/// <summary>Once a second puts a seal over what has happened since, on whichever replica is first; at once again where there is more than one seal takes.</summary>
internal sealed class AuditSealing(AuditSealer sealer, JobServices services, ILogger<AuditSealing> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop) => await sealer.SealAsync(stop) < AuditSealer.BatchSize ? Pace : TimeSpan.Zero;

    /// <summary>Facts wait for their seal where they are.</summary>
    protected override void LogFailure(Exception fault) => log.SealingInterrupted(fault.GetBaseException().Message);
}
