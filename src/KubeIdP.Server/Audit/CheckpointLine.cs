using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>A checkpoint as one line of JSON, after the lines of its audit events.</summary>
/// <param name="Events">Their number.</param>
/// <param name="Previous">The code of the checkpoint before.</param>
internal sealed record CheckpointLine(string Log, long Checkpoint, DateTimeOffset At, int Events, byte[] Previous, byte[] Code)
{
    public const string Name = "kubeidp.audit.checkpoint";

    public static string Of(AuditBatch batch) =>
        AuditLines.Write(
            new CheckpointLine(Name, batch.Checkpoint.Number, batch.Checkpoint.At, batch.Checkpoint.Events, batch.Previous,
                batch.Checkpoint.Code));

    public AuditCheckpoint ToCheckpoint() => new() { Number = Checkpoint, At = At, Events = Events, Code = Code };
}
