using System.Diagnostics.Metrics;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Storage;

/// <summary>Keeps the <see cref="DatabaseClock"/> correct, and logs when this machine's own clock is not.</summary>
internal sealed class ClockReading : BackgroundJob
{
    /// <summary>The longest time for which a machine whose clock was set forward uses the wrong time.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>More than two machines with NTP ever differ. It does no harm yet, but one of the two clocks is wrong.</summary>
    public static readonly TimeSpan WarningThreshold = TimeSpan.FromSeconds(2);

    private readonly Database database;
    private readonly DatabaseClock clock;
    private readonly ILogger<ClockReading> log;
    private bool isApart;

    public ClockReading(Database database, DatabaseClock clock, IMeterFactory meters, JobServices services, ILogger<ClockReading> log)
        : base(services)
    {
        (this.database, this.clock, this.log) = (database, clock, log);
        meters.Create("KubeIdP.State").CreateObservableGauge("kubeidp.clock.ahead", () => clock.MachineAhead.TotalSeconds, "s",
            "How far this machine's clock is ahead of the database's clock, by which everything is dated; negative if it is behind.");
    }

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (!database.IsPostgres) return null;

        await clock.ReadAsync(database, stop);
        LogChange();
        return Interval;
    }

    /// <summary>
    /// Until the database answers again, the time continues from the last reading. Requests that need the database report the outage.
    /// </summary>
    protected override void LogFailure(Exception fault)
    {
    }

    /// <summary>Only a change is logged.</summary>
    private void LogChange()
    {
        var ahead = clock.MachineAhead;
        if (ahead.Duration() > WarningThreshold == isApart) return;

        isApart = !isApart;
        if (isApart) log.ClocksApart(ahead.TotalSeconds);
        else log.ClocksTogether();
    }
}
