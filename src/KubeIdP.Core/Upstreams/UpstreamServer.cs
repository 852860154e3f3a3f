namespace KubeIdP.Core.Upstreams;

/// <summary>One server of an upstream, as it was when it was last asked.</summary>
/// <param name="Name">Host and port, as the configuration has them.</param>
/// <param name="Error">What went wrong; null while it answers.</param>
public sealed record UpstreamServer(string Name, UpstreamServerState State, string? Error);
