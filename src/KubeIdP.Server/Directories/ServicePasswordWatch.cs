using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Directories;

/// <summary>Asks each directory that can tell when the password of our own account there ends. The instrument <c>kubeidp.directory.password.remaining</c>.</summary>
internal sealed class ServicePasswordWatch : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ConnectorId, DateTimeOffset> ends = [];
    private readonly IReadOnlyList<IServiceAccountConnector> connectors;
    private readonly bool isMeasured;
    private readonly TimeProvider clock;

    public ServicePasswordWatch(ConnectorCatalog catalog, IMeterFactory meters, Settings settings, TimeProvider clock)
    {
        (isMeasured, connectors, this.clock) = (settings.Management.IsMeasured, [.. catalog.All.Select(configured => configured.Connector).OfType<IServiceAccountConnector>()], clock);
        meters.Create(DirectoryMetrics.MeterName).CreateObservableGauge(
            "kubeidp.directory.password.remaining", () => ends.Select(one => new Measurement<double>((one.Value - clock.GetUtcNow()).TotalSeconds, new KeyValuePair<string, object?>("connector", one.Key.Value))),
            "s", "How long the password of our account in a directory is still good; absent where it never ends or the directory does not tell.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!isMeasured || connectors is []) return;

        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            foreach (var connector in connectors)
            {
                if (await connector.PasswordEndsAtAsync(stoppingToken) is { } end) ends[connector.Id] = end;
                else ends.TryRemove(connector.Id, out _);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
