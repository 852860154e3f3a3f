namespace KubeIdP.Data.Keys;

/// <summary>The audit key, wrapped by the master key. There is one.</summary>
public sealed class WrappedAuditKey
{
    /// <summary>Always 1: the key of the audit events and checkpoints of this database.</summary>
    public int Number { get; init; }

    public required byte[] Wrapped { get; init; }
}
