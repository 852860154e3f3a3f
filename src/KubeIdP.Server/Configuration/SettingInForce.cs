namespace KubeIdP.Server.Configuration;

/// <summary>One key with its value in use, for people and scripts.</summary>
/// <param name="Key">The path in the file, such as <c>clients.prod.redirectUris[0]</c>.</param>
/// <param name="Value">With secrets masked; null if it is not set and has no default.</param>
/// <param name="Source">"default", file and line, or the environment variable.</param>
internal sealed record SettingInForce(string Key, string? Value, string Source);
