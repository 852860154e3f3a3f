namespace KubeIdP.Server.Admin.People;

/// <summary>A link or a code that an administrator passes on. It stands in one answer.</summary>
internal sealed record HandedOut(string Secret, DateTimeOffset ExpiresAt);
