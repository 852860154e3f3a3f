using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>A session in a list.</summary>
public record ListedSession
{
    public required SessionId Id { get; init; }

    public required PersonId PersonId { get; init; }

    public required string Username { get; init; }

    public required string? Address { get; init; }

    public required string? UserAgent { get; init; }

    public required DateTimeOffset AuthTime { get; init; }

    public required string Amr { get; init; }

    /// <summary>The last time that the browser itself was seen.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The latest first; in a list of live sessions the live ones alone.</summary>
    public IReadOnlyList<ShownGrant> Grants { get; init; } = [];

    /// <summary>The last sign of life of the browser or of any client.</summary>
    public DateTimeOffset LastUsedAt => Grants.Select(grant => grant.LastUsedAt).Append(LastSeenAt).Max();
}
