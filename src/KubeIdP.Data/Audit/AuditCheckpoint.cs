namespace KubeIdP.Data.Audit;

/// <summary>Says which facts there were when it was made, and which seal came before it.</summary>
public sealed class AuditCheckpoint
{
    /// <summary>1, 2, 3, without a gap.</summary>
    public long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>How many it is over.</summary>
    public required int Facts { get; init; }

    public required byte[] Code { get; init; }

    /// <summary>Whether it has been written out, with its facts, for whoever collects audits.</summary>
    public bool Exported { get; init; }
}

/// <summary>A seal's facts.</summary>
/// <param name="Facts">In the order of their numbers.</param>
internal sealed record CheckpointBatch(long Number, DateTimeOffset At, IReadOnlyList<CheckpointedEvent> Facts);

/// <summary>What a seal has of a fact; the rest is in its code.</summary>
internal readonly record struct CheckpointedEvent(long Id, DateTimeOffset At, byte[] Code);
