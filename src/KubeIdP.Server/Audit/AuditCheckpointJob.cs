using KubeIdP.Data.Audit;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Audit;

/// <summary>Once a second puts a checkpoint over what has happened since, on whichever replica is first; at once again where there is more than one checkpoint takes.</summary>
internal sealed class AuditCheckpointJob(AuditCheckpointWriter writer, JobServices services, ILogger<AuditCheckpointJob> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop) => await writer.WriteAsync(stop) < AuditCheckpointWriter.BatchSize ? Delay : TimeSpan.Zero;

    /// <summary>Audit events wait for their checkpoint where they are.</summary>
    protected override void LogFailure(Exception fault) => log.CheckpointsInterrupted(fault.GetBaseException().Message);
}
