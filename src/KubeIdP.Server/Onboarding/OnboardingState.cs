using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Onboarding;

/// <summary>
/// The choices that the holder of a link has made so far. They are only in a protected cookie in their browser: the account is changed in
/// one step, at the end.
/// </summary>
internal sealed record OnboardingState
{
    /// <summary>SHA-256 of the token in the link; the token itself is not stored.</summary>
    public required byte[] LinkHash { get; init; }

    /// <summary>The person of the account, which may not exist yet.</summary>
    public required PersonId PersonId { get; init; }

    public required string Username { get; init; }

    public string? DisplayName { get; init; }

    public string? Email { get; init; }

    /// <summary>The epoch of the person at the beginning; 0 for a new person.</summary>
    public long FactorEpoch { get; init; }

    /// <summary>The count of wrong codes of the person at that time.</summary>
    public int FactorFailures { get; init; }

    public required string PasswordHash { get; init; }

    /// <summary>The new factor, not confirmed yet.</summary>
    public required PendingFactor Factor { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
}
