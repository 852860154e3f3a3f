namespace KubeIdP.Data.Sessions;

/// <summary>
/// What one redeemed code opened: one client in one session, the family of its refresh tokens. However often it is refreshed it stays one row.
/// A code is generation 0, refresh tokens count from 1.
/// </summary>
public sealed class Grant
{
    public required string Id { get; init; }

    public required string SessionId { get; init; }

    public required string ClientId { get; init; }

    public required string Scopes { get; init; }

    /// <summary>The generation of the one refresh token that is in force; 0 until the code is redeemed.</summary>
    public int CurrentGeneration { get; init; }

    /// <summary>The one superseded generation that is still accepted, see <see cref="GrantStore.RotateAsync"/>.</summary>
    public int? PreviousGeneration { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? CodeRedeemedAt { get; init; }

    /// <summary>When <see cref="CurrentGeneration"/> was issued.</summary>
    public DateTimeOffset RotatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; init; }

    /// <summary>How often a token was issued by refresh: the audit of refreshes, without a row for each.</summary>
    public long Refreshes { get; init; }

    /// <summary>The verdict on the last presentation, a <see cref="GrantVerdict"/>.</summary>
    public GrantVerdict LastVerdict { get; init; }

    /// <summary>The session's absolute end.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? EndedWhy { get; init; }

    /// <summary>When its client is next to be told that the session is over; null when it need not be told, or has been. Counts once the session has ended.</summary>
    public DateTimeOffset? LogoutDueAt { get; init; }

    /// <summary>How often the client was tried to be told.</summary>
    public int LogoutAttempts { get; init; }
}
