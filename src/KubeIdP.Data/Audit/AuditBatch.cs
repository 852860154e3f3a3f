namespace KubeIdP.Data.Audit;

/// <summary>Facts and the seal over them, as they leave the database.</summary>
/// <param name="Previous">The code of the seal before; empty before the first.</param>
/// <param name="Facts">In the order of their numbers.</param>
public sealed record AuditBatch(AuditCheckpoint Seal, byte[] Previous, IReadOnlyList<AuditEvent> Facts);
