namespace KubeIdP.Data.Sessions;

/// <summary>
/// What one client received in one session through one redeemed code: the family of its refresh tokens. It is one row, however often it is
/// refreshed. A code is generation 0, refresh tokens count from 1.
/// </summary>
public sealed class Grant
{
    public required string Id { get; init; }

    public required string SessionId { get; init; }

    public required string ClientId { get; init; }

    public required string Scopes { get; init; }

    /// <summary>
    /// The grant of the program kubeidp whose login was exchanged for this one (RFC 8693); it ends with it. Null: opened by a code.
    /// </summary>
    public string? ParentGrantId { get; init; }

    /// <summary>The generation of the current refresh token; 0 until the code is redeemed.</summary>
    public int CurrentGeneration { get; init; }

    /// <summary>The one superseded generation that is still accepted, see <see cref="GrantStore.RotateAsync"/>.</summary>
    public int? PreviousGeneration { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? CodeRedeemedAt { get; init; }

    /// <summary>When <see cref="CurrentGeneration"/> was issued.</summary>
    public DateTimeOffset RotatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; init; }

    /// <summary>The number of refreshes, recorded here instead of by an audit event for each.</summary>
    public long Refreshes { get; init; }

    /// <summary>The verdict on the last presentation, a <see cref="GrantVerdict"/>.</summary>
    public GrantVerdict LastVerdict { get; init; }

    /// <summary>The session's absolute end.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? EndedWhy { get; init; }

    /// <summary>
    /// When the client is next to be notified that the session has ended; null if it need not be notified, or has been. It only applies
    /// once the session has ended.
    /// </summary>
    public DateTimeOffset? LogoutDueAt { get; init; }

    /// <summary>The number of attempts to notify the client.</summary>
    public int LogoutAttempts { get; init; }
}
