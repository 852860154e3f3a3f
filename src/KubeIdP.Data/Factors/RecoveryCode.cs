namespace KubeIdP.Data.Factors;

/// <summary>One of the codes that stand in for a lost authenticator. Each works once; a new set replaces the old one.</summary>
public sealed class RecoveryCode
{
    public required string PersonId { get; init; }

    /// <summary>SHA-256: the codes are random, so there is nothing that a slow hash would protect.</summary>
    public required byte[] Hash { get; init; }

    public DateTimeOffset? UsedAt { get; init; }
}
