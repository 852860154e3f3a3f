using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Data.People;

/// <summary>A person in a list.</summary>
public record ListedPerson
{
    public required PersonId Id { get; init; }

    public required string Username { get; init; }

    public required string? DisplayName { get; init; }

    public required string? Email { get; init; }

    public required string Connector { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    public required PersonStatus Status { get; init; }

    public required int LiveSessions { get; init; }

    public bool IsLocal => Connector == ConnectorId.Local.Value;

    /// <inheritdoc cref="UserName.MixesScripts"/>
    public bool MixesScripts => UserName.MixesScripts(Username);
}
