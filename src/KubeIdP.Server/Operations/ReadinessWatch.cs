using System.Diagnostics.Metrics;

namespace KubeIdP.Server.Operations;

/// <summary>
/// Looks every few seconds whether this replica is ready, for alerts: where no replica is, nobody sends requests whose failing could be counted, and Prometheus
/// reads the metrics as ever. The instrument <c>kubeidp.ready</c> of the meter <c>KubeIdP.Readiness</c>.
/// </summary>
internal sealed class ReadinessWatch : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Readiness readiness;
    private readonly TimeProvider clock;

    public ReadinessWatch(Readiness readiness, IMeterFactory meters, TimeProvider clock)
    {
        (this.readiness, this.clock) = (readiness, clock);
        meters.Create("KubeIdP.Readiness").CreateObservableGauge(
            "kubeidp.ready", Observe, null, "1 for each check of /readyz that is passed, 0 for one that fails, as of some seconds ago; 0 also before the first look, absent for one that has nothing to go by.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do await readiness.CheckAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<int>> Observe()
    {
        var latest = readiness.Latest.ToDictionary(check => check.Name);
        return from name in Readiness.Names
               let check = latest.GetValueOrDefault(name)
               where check is not { IsKnown: false }
               select new Measurement<int>(check is { Trouble: null } ? 1 : 0, new KeyValuePair<string, object?>("check", name));
    }
}
