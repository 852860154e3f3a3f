using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// A recurring background job, for as long as the server runs. Every exception of a run is logged, and the next run follows after a delay:
/// it is not known beforehand which exceptions libraries throw in an outage, and nobody would notice a job that has ended until it is
/// needed.
/// </summary>
internal abstract class BackgroundJob(JobServices services) : BackgroundService
{
    /// <summary>How often the same failure is logged at most.</summary>
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    protected TimeProvider Clock => services.Clock;

    /// <summary>Whether it needs what the start prepares: keys and a usable database.</summary>
    protected virtual bool WaitsForStart => true;

    /// <summary>The delay between a failed run and the next one.</summary>
    protected virtual TimeSpan PauseAfterFailure => TimeSpan.FromSeconds(10);

    /// <summary>Runs once. Returns the delay until the next run, or null if there is nothing more to do while the server runs.</summary>
    protected abstract Task<TimeSpan?> RunAsync(CancellationToken stop);

    /// <summary>Logs that a run failed; called once a minute for the same failure.</summary>
    protected abstract void LogFailure(Exception fault);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (WaitsForStart) await services.Startup.WaitAsync(stoppingToken);
            await RepeatAsync(RunAsync, LogFailure, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>For a job of several parts that don't wait for each other: each part is repeated like a job of its own.</summary>
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
                // A connection that is interrupted by the stop can throw any exception.
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
