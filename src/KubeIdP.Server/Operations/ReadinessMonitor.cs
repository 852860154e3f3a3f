using System.Diagnostics.Metrics;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Operations;

/// <summary>
/// Checks every few seconds whether this replica is ready, for alerts: if no replica is ready, no requests arrive whose failures could be
/// counted, while Prometheus still reads the metrics. The instrument <c>kubeidp.ready</c> of the meter <c>KubeIdP.Readiness</c>.
/// </summary>
internal sealed class ReadinessMonitor : BackgroundJob
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Readiness readiness;
    private readonly ILogger<ReadinessMonitor> log;

    public ReadinessMonitor(Readiness readiness, IMeterFactory meters, JobServices services, ILogger<ReadinessMonitor> log)
        : base(services)
    {
        (this.readiness, this.log) = (readiness, log);
        meters.Create("KubeIdP.Readiness").CreateObservableGauge(
            "kubeidp.ready", Observe, null,
            "1 for each check of /readyz that passes, 0 for one that fails, as of some seconds ago; also 0 before the first check; "
            + "absent for a check whose result is unknown.");
    }

    /// <summary>An alert must also fire while the start waits for the database.</summary>
    protected override bool WaitsForStart => false;

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await readiness.CheckAsync(stop);
        return Interval;
    }

    protected override void LogFailure(Exception fault) => log.ReadinessUnknown(fault.GetBaseException().Message);

    private IEnumerable<Measurement<int>> Observe()
    {
        var latest = readiness.Latest.ToDictionary(check => check.Name);
        return from name in Readiness.Names
               let check = latest.GetValueOrDefault(name)
               where check is not { IsKnown: false }
               select new Measurement<int>(check is { Failure: null } ? 1 : 0, new KeyValuePair<string, object?>("check", name));
    }
}
