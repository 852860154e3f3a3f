namespace KubeIdP.Core.Upstreams;

/// <summary>Our code for one place where accounts live. What it can do is said by the further interfaces that it implements.</summary>
public interface IConnector
{
    ConnectorId Id { get; }
}
