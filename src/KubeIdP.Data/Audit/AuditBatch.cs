namespace KubeIdP.Data.Audit;

/// <summary>Audit events with the checkpoint that covers them, as they leave the database.</summary>
/// <param name="Previous">The code of the checkpoint before; empty before the first.</param>
/// <param name="Events">In the order of their numbers.</param>
public sealed record AuditBatch(AuditCheckpoint Checkpoint, byte[] Previous, IReadOnlyList<AuditEvent> Events);
