namespace KubeIdP.Core.Upstreams;

/// <summary>A connector over servers that fail and come back one by one.</summary>
public interface IServedConnector : IConnector
{
    /// <summary>In the order in which they are asked.</summary>
    IReadOnlyList<UpstreamServer> Servers { get; }

    /// <summary>
    /// Called when a server's state has changed, by the request that found out, which waits for it: it must be quick, and must not throw.
    /// </summary>
    event Action<UpstreamServer>? ServerChanged;
}
