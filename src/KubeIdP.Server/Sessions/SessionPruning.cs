using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Sessions;

/// <summary>Once an hour deletes what can no longer be used. Any number of replicas may do it at once.</summary>
internal sealed class SessionPruning(SessionStore sessions, TimeProvider clock, ILogger<SessionPruning> log) : BackgroundService
{
    /// <summary>How long an ended session stays readable, for "who was that?".</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do
        {
            try
            {
                await sessions.PruneAsync(Retention, stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // A database that is away now is asked again in an hour; nothing depends on this having run.
                log.PruningFailed(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
