using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Sessions;

namespace KubeIdP.Data.Sessions;

/// <summary>One login of one browser or device: <c>sid</c>, <c>auth_time</c> and <c>amr</c> of all that is issued in it.</summary>
public sealed class Session
{
    public required string Id { get; init; }

    public required string PersonId { get; init; }

    /// <summary>
    /// The login that opened or last raised it, for a browser that missed the answer; null: opened by a version that did not store it.
    /// </summary>
    public string? LoginId { get; init; }

    /// <summary>
    /// The generation of the only cookie that is accepted. Raising the session begins the next one, so that a copy of the cookie from
    /// before is not raised with it.
    /// </summary>
    public int CookieGeneration { get; init; }

    /// <summary>When the person last proved who they are in this session: when it was opened, or last raised.</summary>
    public required DateTimeOffset AuthTime { get; init; }

    /// <summary>The authentication methods that were used, by the names of RFC 8176, separated by spaces.</summary>
    public required string Amr { get; init; }

    /// <summary>How it began.</summary>
    public SessionKind Kind { get; init; }

    public string? Address { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>When the browser itself last used this session.</summary>
    public DateTimeOffset LastSeenAt { get; init; }

    /// <summary>The absolute end: nothing that is issued in the session is valid for longer.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? EndedBy { get; init; }

    public string? EndedWhy { get; init; }

    /// <summary>The reason, if an administrator chose to show it to the person; null: none.</summary>
    public string? ReasonForPerson { get; init; }
}

/// <summary>A completed login about to become a session.</summary>
/// <param name="FactorEpoch">The epoch that the login began in; when the person's has moved on, the login is void.</param>
public sealed record NewSession(
    SessionId Id, PersonId PersonId, long FactorEpoch, string Amr, string? Address, string? UserAgent, TimeSpan Lifetime)
{
    /// <summary>Which login; see <see cref="SessionStore.FindOpenedAsync"/>.</summary>
    public string? LoginId { get; init; }
}
