namespace KubeIdP.Data.Keys;

/// <summary>The audit's key, as the master key wraps it. There is one.</summary>
public sealed class WrappedAuditKey
{
    /// <summary>1: what the facts and seals of this database are proven by.</summary>
    public int Number { get; init; }

    public required byte[] Wrapped { get; init; }
}
