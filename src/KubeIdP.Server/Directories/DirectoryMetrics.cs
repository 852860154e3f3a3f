using System.Collections.Concurrent;
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

    // All series are there from the start, with 0: of one that begins with its first event no increase is ever seen.
    private readonly ConcurrentDictionary<(ConnectorId Connector, GroupFault Fault), long> groupsLeftOut;
    private readonly ConcurrentDictionary<ConnectorId, long> namesShared;

    public DirectoryMetrics(IMeterFactory meters, ConnectorCatalog connectors)
    {
        var meter = meters.Create(MeterName);
        duration = meter.CreateHistogram<double>("kubeidp.directory.duration", "s", "How long a directory took to check a password or to look somebody up, by what came of it.");
        disappearances = meter.CreateCounter<long>("kubeidp.directory.implausible", "{answer}", "Answers that were taken for an outage, because too many people were gone at once.");
        failures = meter.CreateCounter<long>("kubeidp.directory.server.failures", "{failure}", "How often a server stopped answering.");
        groupsLeftOut = new(connectors.All.SelectMany(configured => Enum.GetValues<GroupFault>().Select(fault => KeyValuePair.Create((configured.Id, fault), 0L))));
        namesShared = new(connectors.All.Select(configured => KeyValuePair.Create(configured.Id, 0L)));
        meter.CreateObservableCounter(
            "kubeidp.directory.groups.left_out",
            () => groupsLeftOut.Select(one => new Measurement<long>(one.Value, new("connector", one.Key.Connector.Value), new("reason", one.Key.Fault.ToString().ToLowerInvariant()))),
            "{group}", "How often a group was left out of an answer, because its name can't stand in a token.");
        meter.CreateObservableCounter(
            "kubeidp.directory.names.shared", () => namesShared.Select(one => new Measurement<long>(one.Value, new KeyValuePair<string, object?>("connector", one.Key.Value))),
            "{login}", "Logins with a name that several people of the directory have.");
        meter.CreateObservableGauge("kubeidp.directory.server.up", () => States(connectors, state => state == UpstreamServerState.Answering), null, "1 for a server that answered when it was last asked.");
        meter.CreateObservableGauge("kubeidp.directory.server.resting", () => States(connectors, state => state == UpstreamServerState.Resting), null, "1 for a server that nobody asks for a while, after failing again and again.");
    }

    public void Answered(ConnectorId connector, string operation, UpstreamAnswer answer, TimeSpan took) =>
        duration.Record(took.TotalSeconds, new("connector", connector.Value), new("operation", operation), new("answer", answer.GetType().Name.ToLowerInvariant()));

    public void Implausible(ConnectorId connector) => disappearances.Add(1, new KeyValuePair<string, object?>("connector", connector.Value));

    public void ServerFailed(ConnectorId connector, UpstreamServer server) => failures.Add(1, new("connector", connector.Value), new("server", server.Name));

    public void Remarked(ConnectorId connector, UpstreamRemark remark)
    {
        if (remark is UpstreamRemark.GroupLeftOut leftOut) groupsLeftOut.AddOrUpdate((connector, leftOut.Fault), 1, (_, count) => count + 1);
        else namesShared.AddOrUpdate(connector, 1, (_, count) => count + 1);
    }

    private static IEnumerable<Measurement<int>> States(ConnectorCatalog connectors, Func<UpstreamServerState, bool> isSo) =>
        from served in connectors.All.Select(configured => configured.Connector).OfType<IServedConnector>()
        from server in served.Servers
        select new Measurement<int>(isSo(server.State) ? 1 : 0, new("connector", served.Id.Value), new("server", server.Name));
}
