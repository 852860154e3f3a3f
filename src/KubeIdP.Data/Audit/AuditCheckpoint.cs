namespace KubeIdP.Data.Audit;

/// <summary>
/// A keyed hash over a batch of audit events and over the checkpoint before: says which events there were when it was written.
/// </summary>
public sealed class AuditCheckpoint
{
    /// <summary>1, 2, 3, without a gap.</summary>
    public long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>How many events it covers.</summary>
    public required int Events { get; init; }

    public required byte[] Code { get; init; }

    /// <summary>Whether it has been exported, with its events.</summary>
    public bool Exported { get; init; }
}
