namespace KubeIdP.Server.Configuration;

/// <summary>The folder for all state of a single machine (the key <c>dataDirectory</c>).</summary>
/// <param name="Path">Absolute. Whoever writes there makes it first, for its owner alone.</param>
internal sealed record DataDirectory(string Path);
