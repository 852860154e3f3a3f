namespace KubeIdP.Cli.Api;

/// <summary>A link or a code to hand over. It is only in this response.</summary>
internal sealed record IssuedSecretBody(string Secret, DateTimeOffset ExpiresAt);
