namespace KubeIdP.Core.Upstreams;

/// <summary>A connector with several servers, each of which can fail and recover by itself.</summary>
public interface IServedConnector : IConnector
{
    /// <summary>In the order in which they are asked.</summary>
    IReadOnlyList<UpstreamServer> Servers { get; }

    /// <summary>
    /// Called when a server's state has changed. The request that noticed the change waits for the call, so it must be quick, and must not
    /// throw.
    /// </summary>
    event Action<UpstreamServer>? ServerChanged;
}
