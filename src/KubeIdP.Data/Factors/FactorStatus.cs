namespace KubeIdP.Data.Factors;

/// <summary>The state of a person's second factors at the time <see cref="Now"/>.</summary>
public sealed record FactorStatus
{
    public required long Epoch { get; init; }

    public required int Failures { get; init; }

    public required bool Disabled { get; init; }

    public required byte[]? EnrolmentCodeHash { get; init; }

    public required DateTimeOffset? EnrolmentCodeExpiresAt { get; init; }

    /// <summary>Whether the account lives in a directory.</summary>
    public required bool IsUpstream { get; init; }

    /// <summary>The person's factors, oldest first; empty before the first is set up.</summary>
    public required IReadOnlyList<StoredFactor> Factors { get; init; }

    public required DateTimeOffset Now { get; init; }
}
