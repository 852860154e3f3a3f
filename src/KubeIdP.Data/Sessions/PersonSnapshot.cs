using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Data.Sessions;

/// <summary>What tokens say about a person, as last known.</summary>
public sealed record PersonSnapshot
{
    public required PersonId Id { get; init; }

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
