namespace KubeIdP.Data.Keys;

/// <summary>The audit key, wrapped by the master key. There is one.</summary>
public sealed class WrappedAuditKey
{
    /// <summary>1: by which the audit events and checkpoints of this database are proven.</summary>
    public int Number { get; init; }

    public required byte[] Wrapped { get; init; }
}
