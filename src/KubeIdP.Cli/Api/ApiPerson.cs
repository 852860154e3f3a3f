using KubeIdP.Core.Naming;
using KubeIdP.Core.People;

namespace KubeIdP.Cli.Api;

/// <summary>A person.</summary>
/// <remarks>The commands print the same.</remarks>
internal record ApiPerson
{
    /// <summary>The subject.</summary>
    public required string Id { get; init; }

    /// <summary>As Kubernetes sees it.</summary>
    public required string Username { get; init; }

    public required string? DisplayName { get; init; }

    public required string? Email { get; init; }

    /// <summary>The upstream of the account; local is this server.</summary>
    public required string Upstream { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    public required PersonStatus Status { get; init; }

    public required int LiveSessions { get; init; }

    /// <inheritdoc cref="UserName.MixesScripts"/>
    public bool MixesScripts => UserName.MixesScripts(Username);
}
