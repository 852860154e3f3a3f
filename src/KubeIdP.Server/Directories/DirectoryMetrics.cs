using System.Diagnostics.Metrics;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Directories;

/// <summary>What directories answer and how fast, and which of their servers do. Instruments of the meter <c>KubeIdP.Directories</c>.</summary>
internal sealed class DirectoryMetrics
{
    public const string MeterName = "KubeIdP.Directories";

    private readonly Histogram<double> duration;
    private readonly Counter<long> disappearances;
    private readonly Counter<long> failures;

    public DirectoryMetrics(IMeterFactory meters, ConnectorCatalog connectors)
    {
        var meter = meters.Create(MeterName);
        duration = meter.CreateHistogram<double>("kubeidp.directory.duration", "s", "How long a directory took to check a password or to look somebody up, by what came of it.");
        disappearances = meter.CreateCounter<long>("kubeidp.directory.implausible", "{answer}", "Answers that were taken for an outage, because too many people were gone at once.");
        failures = meter.CreateCounter<long>("kubeidp.directory.server.failures", "{failure}", "How often a server stopped answering.");
        meter.CreateObservableGauge("kubeidp.directory.server.up", () => States(connectors, state => state == UpstreamServerState.Answering), null, "1 for a server that answered when it was last asked.");
        meter.CreateObservableGauge("kubeidp.directory.server.resting", () => States(connectors, state => state == UpstreamServerState.Resting), null, "1 for a server that nobody asks for a while, after failing again and again.");
    }

    public void Answered(ConnectorId connector, string operation, UpstreamAnswer answer, TimeSpan took) =>
        duration.Record(took.TotalSeconds, new("connector", connector.Value), new("operation", operation), new("answer", answer.GetType().Name.ToLowerInvariant()));

    public void Implausible(ConnectorId connector) => disappearances.Add(1, new KeyValuePair<string, object?>("connector", connector.Value));

    public void ServerFailed(ConnectorId connector, UpstreamServer server) => failures.Add(1, new("connector", connector.Value), new("server", server.Name));

    private static IEnumerable<Measurement<int>> States(ConnectorCatalog connectors, Func<UpstreamServerState, bool> isSo) =>
        from served in connectors.All.Select(configured => configured.Connector).OfType<IServedConnector>()
        from server in served.Servers
        select new Measurement<int>(isSo(server.State) ? 1 : 0, new("connector", served.Id.Value), new("server", server.Name));
}
