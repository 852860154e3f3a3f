namespace KubeIdP.Server.Configuration;

/// <summary>One key as it is in force, for people and scripts to read.</summary>
/// <param name="Key">The path in the file, such as <c>clients.prod.redirectUris[0]</c>.</param>
/// <param name="Value">With secrets masked; null when nothing was set and nothing is assumed.</param>
/// <param name="Source">"default", file and line, or the environment variable.</param>
internal sealed record SettingInForce(string Key, string? Value, string Source);
