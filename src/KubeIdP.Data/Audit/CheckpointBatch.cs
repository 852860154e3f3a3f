namespace KubeIdP.Data.Audit;

/// <summary>What a checkpoint's code is computed over.</summary>
/// <param name="Events">In the order of their numbers.</param>
internal sealed record CheckpointBatch(long Number, DateTimeOffset At, IReadOnlyList<CheckpointedEvent> Events);

/// <summary>The part of an event that a checkpoint covers directly; the event's code covers the rest.</summary>
internal readonly record struct CheckpointedEvent(long Id, DateTimeOffset At, byte[] Code);
