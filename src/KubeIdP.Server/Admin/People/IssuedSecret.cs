namespace KubeIdP.Server.Admin.People;

/// <summary>A link or a code that an administrator passes on. It stands in one answer.</summary>
internal sealed record IssuedSecret(string Secret, DateTimeOffset ExpiresAt);
