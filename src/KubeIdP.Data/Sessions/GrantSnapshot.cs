using KubeIdP.Core.Upstreams;

namespace KubeIdP.Data.Sessions;

/// <summary>A grant with its session and person as the database saw them at <see cref="Now"/>.</summary>
public sealed record GrantSnapshot
{
    public required string GrantId { get; init; }

    public required string ClientId { get; init; }

    public required string Scopes { get; init; }

    public required string SessionId { get; init; }

    public required DateTimeOffset AuthTime { get; init; }

    public required string Amr { get; init; }

    /// <summary>The session's absolute end.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>The last sign of life of the whole session: of the browser or of any of its grants.</summary>
    public required DateTimeOffset LastActiveAt { get; init; }

    /// <summary>When grant or session ended, whichever came first; null while both live.</summary>
    public required DateTimeOffset? EndedAt { get; init; }

    public required PersonSnapshot Person { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>What tokens say about a person, as last known.</summary>
public sealed record PersonSnapshot
{
    public required string Id { get; init; }

    public required ConnectorId Connector { get; init; }

    public required string UpstreamId { get; init; }

    public required string Username { get; init; }

    public required string? DisplayName { get; init; }

    public required string? Email { get; init; }

    public required bool EmailVerified { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>As of when the row shows what the directory says.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    public required DateTimeOffset? PasswordChangedAt { get; init; }

    public required bool Disabled { get; init; }
}
