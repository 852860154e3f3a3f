using System.Diagnostics.Metrics;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// The answers of upstreams, their duration, and the state of their servers. Instruments of the meter <c>KubeIdP.Upstreams</c>.
/// </summary>
internal sealed class UpstreamMetrics
{
    public const string MeterName = "KubeIdP.Upstreams";

    private readonly Histogram<double> duration;
    private readonly SeriesCounter disappearances;
    private readonly SeriesCounter failures;
    private readonly SeriesCounter groupsLeftOut;
    private readonly SeriesCounter namesShared;

    public UpstreamMetrics(IMeterFactory meters, ConnectorCatalog connectors)
    {
        var meter = meters.Create(MeterName);
        duration = meter.CreateHistogram<double>("kubeidp.upstream.duration", "s",
            "How long an upstream took to check a password or to look a person up, by outcome.");
        disappearances = new(
            meter, "kubeidp.upstream.implausible", "{answer}",
            "Answers that were treated as an outage, because too many people were gone at once.",
            ["upstream"], connectors.All.Select(configured => (string[])[configured.Id.Value]));
        failures = new(
            meter, "kubeidp.upstream.server.failures", "{failure}", "How often a server stopped answering.",
            ["upstream", "server"], Served(connectors).Select(one => (string[])[one.Connector.Value, one.Server.Name]));
        groupsLeftOut = new(
            meter, "kubeidp.upstream.groups.left_out", "{group}",
            "How often a group was left out of an answer, because its name is not allowed in a token.",
            ["upstream", "reason"],
            connectors.All.SelectMany(configured =>
                Enum.GetValues<GroupFault>().Select(fault => (string[])[configured.Id.Value, ReasonOf(fault)])));
        namesShared = new(
            meter, "kubeidp.upstream.names.shared", "{login}", "Logins with a name that several people of the upstream have.",
            ["upstream"], connectors.All.Select(configured => (string[])[configured.Id.Value]));
        meter.CreateObservableGauge("kubeidp.upstream.server.up", () => States(connectors, state => state == UpstreamServerState.Answering),
            null, "1 for a server that answered when it was last asked.");
        meter.CreateObservableGauge("kubeidp.upstream.server.suspended",
            () => States(connectors, state => state == UpstreamServerState.Suspended), null,
            "1 for a server that is not used for a while, after it failed repeatedly.");
    }

    public void Answered(ConnectorId connector, string operation, UpstreamAnswer answer, TimeSpan took) =>
        duration.Record(took.TotalSeconds, new("upstream", connector.Value), new("operation", operation),
            new("answer", answer.GetType().Name.ToLowerInvariant()));

    public void Implausible(ConnectorId connector) => disappearances.Add(connector.Value);

    public void ServerFailed(ConnectorId connector, UpstreamServer server) => failures.Add(connector.Value, server.Name);

    public void Remarked(ConnectorId connector, UpstreamRemark remark)
    {
        if (remark is UpstreamRemark.GroupLeftOut leftOut) groupsLeftOut.Add(connector.Value, ReasonOf(leftOut.Fault));
        if (remark is UpstreamRemark.NameShared) namesShared.Add(connector.Value);
    }

    private static string ReasonOf(GroupFault fault) => fault.ToString().ToLowerInvariant();

    private static IEnumerable<Measurement<int>> States(ConnectorCatalog connectors, Func<UpstreamServerState, bool> isSo) =>
        from one in Served(connectors)
        select new Measurement<int>(isSo(one.Server.State) ? 1 : 0, new("upstream", one.Connector.Value), new("server", one.Server.Name));

    private static IEnumerable<(ConnectorId Connector, UpstreamServer Server)> Served(ConnectorCatalog connectors) =>
        from served in connectors.With<IServedConnector>()
        from server in served.Servers
        select (served.Id, server);
}
