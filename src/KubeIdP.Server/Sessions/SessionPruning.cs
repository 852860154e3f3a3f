using KubeIdP.Data.Forms;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Sessions;

/// <summary>Deletes sessions and forms that can no longer be used, once an hour. Any number of replicas may do so at once.</summary>
internal sealed class SessionPruning(SessionStore sessions, SentFormStore forms, JobServices services, ILogger<SessionPruning> log)
    : BackgroundJob(services)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>How long an ended session is retained, for questions about past sessions.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await sessions.PruneAsync(Retention, stop);
        await forms.PruneAsync(stop);
        return Interval;
    }

    /// <summary>If the database is unavailable, this is retried in an hour; nothing depends on it.</summary>
    protected override void LogFailure(Exception fault) => log.PruningFailed(fault.GetBaseException().Message);
}
