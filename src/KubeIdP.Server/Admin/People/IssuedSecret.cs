using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Admin.People;

/// <summary>A link or a code that an administrator hands over. It is shown in one response only.</summary>
/// <param name="Username">For whom it is.</param>
internal sealed record IssuedSecret(IssuedSecretKind Kind, string Username, string Secret, DateTimeOffset ExpiresAt);
