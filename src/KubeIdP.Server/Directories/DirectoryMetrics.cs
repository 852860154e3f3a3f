using System.Diagnostics.Metrics;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Directories;

/// <summary>What directories answer, and how fast. Instruments of the meter <c>KubeIdP.Directories</c>.</summary>
internal static class DirectoryMetrics
{
    private static readonly Meter Meter = new("KubeIdP.Directories");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "kubeidp.directory.lookup.duration", "s", "How long a directory took to look somebody up, by what came of it.");

    private static readonly Counter<long> Disappearances = Meter.CreateCounter<long>(
        "kubeidp.directory.implausible", "{answer}", "Answers that were taken for an outage, because too many people were gone at once.");

    public static void Answered(ConnectorId connector, UpstreamAnswer answer, TimeSpan took) =>
        Duration.Record(took.TotalSeconds, new("connector", connector.Value), new("answer", answer.GetType().Name));

    public static void Implausible(ConnectorId connector) => Disappearances.Add(1, new KeyValuePair<string, object?>("connector", connector.Value));
}
