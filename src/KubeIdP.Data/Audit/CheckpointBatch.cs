namespace KubeIdP.Data.Audit;

/// <summary>What a checkpoint's code is computed over.</summary>
/// <param name="Events">In the order of their numbers.</param>
internal sealed record CheckpointBatch(long Number, DateTimeOffset At, IReadOnlyList<CheckpointedEvent> Events);

/// <summary>What a checkpoint has of an event; the rest is in its code.</summary>
internal readonly record struct CheckpointedEvent(long Id, DateTimeOffset At, byte[] Code);
