using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Writes a checkpoint over new audit events once a second, on whichever replica is first; again immediately if there are more events than
/// one checkpoint covers.
/// </summary>
internal sealed class AuditCheckpointJob(AuditCheckpointWriter writer, JobServices services, ILogger<AuditCheckpointJob> log)
    : BackgroundJob(services)
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop) =>
        await writer.WriteAsync(stop) < AuditCheckpointWriter.BatchSize ? Delay : TimeSpan.Zero;

    /// <summary>Audit events stay in the database without a checkpoint until the next run.</summary>
    protected override void LogFailure(Exception fault) => log.CheckpointsInterrupted(fault.GetBaseException().Message);
}
