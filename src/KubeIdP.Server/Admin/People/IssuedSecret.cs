using KubeIdP.Server.Administration;

namespace KubeIdP.Server.Admin.People;

/// <summary>A link or a code that an administrator passes on. It stands in one answer.</summary>
/// <param name="Username">For whom it is.</param>
internal sealed record IssuedSecret(IssuedSecretKind Kind, string Username, string Secret, DateTimeOffset ExpiresAt);
