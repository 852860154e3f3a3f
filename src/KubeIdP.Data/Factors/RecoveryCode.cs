namespace KubeIdP.Data.Factors;

/// <summary>A recovery code, which replaces a lost factor. Each works once; a new set replaces the old one.</summary>
public sealed class RecoveryCode
{
    public required string PersonId { get; init; }

    /// <summary>SHA-256. The codes are random, so a slow hash would not make them safer.</summary>
    public required byte[] Hash { get; init; }

    public DateTimeOffset? UsedAt { get; init; }
}
