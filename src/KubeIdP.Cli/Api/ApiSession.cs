using KubeIdP.Core.Sessions;

namespace KubeIdP.Cli.Api;

/// <summary>A session.</summary>
/// <remarks>The commands print the same.</remarks>
internal record ApiSession
{
    public required string Id { get; init; }

    public required string PersonId { get; init; }

    public required string Username { get; init; }

    public required string? Address { get; init; }

    public required string? UserAgent { get; init; }

    public required DateTimeOffset AuthTime { get; init; }

    public required string Amr { get; init; }

    /// <summary>How it began: by a login in a browser, or by a device code (RFC 8628).</summary>
    public required SessionKind Kind { get; init; }

    /// <summary>When the browser itself was last seen.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When the browser or any client last used the session.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>The latest first; in a list of live sessions only live grants.</summary>
    public required IReadOnlyList<ApiGrant> Grants { get; init; }
}

/// <summary>The grant of one client in a session.</summary>
/// <param name="EndedAt">Null while the grant is live.</param>
internal sealed record ApiGrant(
    string Id, string ClientId, DateTimeOffset RedeemedAt, DateTimeOffset LastUsedAt, long Refreshes, DateTimeOffset? EndedAt,
    string? EndedWhy);
