using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Onboarding;

/// <summary>
/// What the holder of a link has chosen so far. It lives in a sealed cookie of their browser and nowhere else: the account changes in one step,
/// at the end.
/// </summary>
internal sealed record OnboardingState
{
    /// <summary>SHA-256 of the token in the link; the token itself is not kept.</summary>
    public required byte[] LinkHash { get; init; }

    /// <summary>Whose account it is, or will be.</summary>
    public required string PersonId { get; init; }

    public required string Username { get; init; }

    public string? DisplayName { get; init; }

    public string? Email { get; init; }

    /// <summary>The person's epoch when they began; 0 for somebody who does not exist yet.</summary>
    public long FactorEpoch { get; init; }

    /// <summary>The person's count of wrong codes at that moment.</summary>
    public int FactorFailures { get; init; }

    public required string PasswordHash { get; init; }

    /// <summary>The new factor, not confirmed yet.</summary>
    public required PendingFactor Factor { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
}
