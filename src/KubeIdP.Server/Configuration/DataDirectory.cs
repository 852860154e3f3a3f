namespace KubeIdP.Server.Configuration;

/// <summary>The folder for all state of a single machine (the key <c>dataDirectory</c>).</summary>
/// <param name="Path">Absolute. Code that writes there first creates it, with access for its owner only.</param>
internal sealed record DataDirectory(string Path);
