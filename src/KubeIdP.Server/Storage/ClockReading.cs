using System.Diagnostics.Metrics;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Storage;

/// <summary>Keeps the <see cref="DatabaseClock"/> right, and says when this machine's own clock is not.</summary>
internal sealed class ClockReading : BackgroundJob
{
    /// <summary>So long at most a machine whose clock was set forward goes by the wrong time.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>More than two machines that follow NTP ever differ. Nothing goes wrong by it yet; but one of the two clocks does.</summary>
    public static readonly TimeSpan WorthAWarning = TimeSpan.FromSeconds(2);

    private readonly Database database;
    private readonly DatabaseClock clock;
    private readonly ILogger<ClockReading> log;
    private bool isApart;

    public ClockReading(Database database, DatabaseClock clock, IMeterFactory meters, JobServices services, ILogger<ClockReading> log)
        : base(services)
    {
        (this.database, this.clock, this.log) = (database, clock, log);
        meters.Create("KubeIdP.State").CreateObservableGauge("kubeidp.clock.ahead", () => clock.MachineAhead.TotalSeconds, "s",
            "How far this machine's clock is ahead of the database's, by which everything is dated; negative where it is behind.");
    }

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (!database.IsPostgres) return null;

        await clock.ReadAsync(database, stop);
        Tell();
        return Interval;
    }

    /// <summary>Until it answers again the time goes on from the last reading; that it does not answer is said by whoever needs it.</summary>
    protected override void LogFailure(Exception fault)
    {
    }

    /// <summary>Only a change is worth a line.</summary>
    private void Tell()
    {
        var ahead = clock.MachineAhead;
        if (ahead.Duration() > WorthAWarning == isApart) return;

        isApart = !isApart;
        if (isApart) log.ClocksApart(ahead.TotalSeconds);
        else log.ClocksTogether();
    }
}
