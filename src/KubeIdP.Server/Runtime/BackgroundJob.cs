using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Runtime;

/// <summary>What every job is made of.</summary>
internal sealed class JobServices(TimeProvider clock, Database database, StartGate gate, ILogger<BackgroundJob> log)
{
    public TimeProvider Clock => clock;

    public Database Database => database;

    public StartGate Gate => gate;

    public ILogger Log => log;
}

/// <summary>
/// Recurring work beside the requests, for as long as the server runs. Whatever a run throws is logged, and the next run comes after a
/// pause: which exceptions a library throws in an outage nobody knows beforehand, and a job that has ended is missed by nobody until it is needed.
/// </summary>
internal abstract class BackgroundJob(JobServices services) : BackgroundService
{
    /// <summary>How often the same failure is logged, however often it is met.</summary>
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    protected TimeProvider Clock => services.Clock;

    /// <summary>Whether it needs what a start prepares: keys, and a database that can be used.</summary>
    protected virtual bool WaitsForStart => true;

    /// <summary>Between a run that failed and the next.</summary>
    protected virtual TimeSpan PauseAfterFailure => TimeSpan.FromSeconds(10);

    /// <summary>One run; the pause until the next, or null when there is nothing more to do for as long as the server runs.</summary>
    protected abstract Task<TimeSpan?> RunAsync(CancellationToken stop);

    /// <summary>Logs that a run failed; called once a minute for the same failure.</summary>
    protected abstract void LogFailure(Exception fault);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (WaitsForStart) await services.Gate.WaitAsync(stoppingToken);
            await RepeatAsync(RunAsync, LogFailure, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>For a job that is several which don't wait for each other: each runs again and again like the whole.</summary>
    protected async Task RepeatAsync(Func<CancellationToken, Task<TimeSpan?>> run, Action<Exception> logFailure, CancellationToken stop)
    {
        var (logged, loggedAt) = ("", 0L);
        while (!stop.IsCancellationRequested)
        {
            TimeSpan? pause;
            try
            {
                pause = await run(stop);
                logged = "";
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                // A connection that is cut short by the stop throws whatever it likes.
                return;
            }
            catch (Exception fault)
            {
                services.Database.DiscardConnections(fault);
                if (logged != fault.GetBaseException().Message || Clock.GetElapsedTime(loggedAt) >= LogInterval)
                {
                    (logged, loggedAt) = (fault.GetBaseException().Message, Clock.GetTimestamp());
                    logFailure(fault);
                    if (!Outage.Is(fault)) services.Log.JobFailed(GetType().Name, fault);
                }

                pause = PauseAfterFailure;
            }

            if (pause is not { } length) return;
            if (length > TimeSpan.Zero) await Task.Delay(length, Clock, stop);
        }
    }
}
