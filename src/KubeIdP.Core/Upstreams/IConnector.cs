namespace KubeIdP.Core.Upstreams;

/// <summary>The code for one upstream. The other interfaces that it implements say what it can do.</summary>
public interface IConnector
{
    ConnectorId Id { get; }
}
