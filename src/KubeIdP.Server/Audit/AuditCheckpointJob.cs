using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>Once a second puts a seal over what has happened since, on whichever replica is first; at once again where there is more than one seal takes.</summary>
internal sealed class AuditCheckpointJob(AuditCheckpointWriter sealer, JobServices services, ILogger<AuditCheckpointJob> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop) => await sealer.SealAsync(stop) < AuditCheckpointWriter.BatchSize ? Delay : TimeSpan.Zero;

    /// <summary>Facts wait for their seal where they are.</summary>
    protected override void LogFailure(Exception fault) => log.SealingInterrupted(fault.GetBaseException().Message);
}
