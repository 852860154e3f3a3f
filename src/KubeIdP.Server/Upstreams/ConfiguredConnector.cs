using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Upstreams;

/// <summary>An upstream of the running configuration.</summary>
/// <param name="Connector">Its further interfaces say what else it can do.</param>
/// <param name="Domains">What people may put before a backslash or after an @ to say that they mean it.</param>
internal sealed record ConfiguredConnector(IConnector Connector, IReadOnlyList<string> Domains)
{
    public ConnectorId Id => Connector.Id;
}
