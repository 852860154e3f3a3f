using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// Asks each upstream that provides it when the password of this server's account there expires. The instrument
/// <c>kubeidp.upstream.password.remaining</c>.
/// </summary>
internal sealed class ServicePasswordMonitor : BackgroundJob
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ConnectorId, DateTimeOffset> ends = [];
    private readonly IReadOnlyList<IServiceAccountConnector> connectors;
    private readonly ILogger<ServicePasswordMonitor> log;

    public ServicePasswordMonitor(
        ConnectorCatalog catalog, IMeterFactory meters, JobServices services, ILogger<ServicePasswordMonitor> log)
        : base(services)
    {
        (connectors, this.log) = ([.. catalog.With<IServiceAccountConnector>()], log);
        meters.Create(UpstreamMetrics.MeterName).CreateObservableGauge(
            "kubeidp.upstream.password.remaining", () =>
                ends.Select(one =>
                    new Measurement<double>((one.Value - Clock.GetUtcNow()).TotalSeconds,
                        new KeyValuePair<string, object?>("upstream", one.Key.Value))),
            "s", "How long the password of this server's account at an upstream is still valid; absent if it never expires or the "
                + "upstream does not say.");
    }

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (connectors is []) return null;

        foreach (var connector in connectors)
        {
            if (await connector.PasswordEndsAtAsync(stop) is { } end) ends[connector.Id] = end;
            else ends.TryRemove(connector.Id, out _);
        }

        return Interval;
    }

    protected override void LogFailure(Exception fault) => log.PasswordEndNotRead(fault.GetBaseException().Message);
}
