using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Api;

/// <summary>A local account.</summary>
/// <param name="Username">As Kubernetes sees it.</param>
/// <param name="Password">If missing, the person sets one with an invitation link.</param>
/// <param name="DisplayName">The name that people read; the claim name in tokens.</param>
internal sealed record NewPersonBody(
    string Username, string Reason, string? Email = null, IReadOnlyList<string>? Groups = null,
    [property: Text(TextKind.Opaque)] string? Password = null, string? DisplayName = null);
