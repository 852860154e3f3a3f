using KubeIdP.Data.Forms;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Sessions;

/// <summary>Once an hour deletes what can no longer be used. Any number of replicas may do it at once.</summary>
internal sealed class SessionPruning(SessionStore sessions, SentFormStore forms, JobServices services, ILogger<SessionPruning> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>How long an ended session stays readable, for "who was that?".</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    protected override TimeSpan PauseAfterFailure => Interval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        await sessions.PruneAsync(Retention, stop);
        await forms.PruneAsync(stop);
        return Interval;
    }

    /// <summary>A database that is away now is asked again in an hour; nothing depends on this having run.</summary>
    protected override void LogFailure(Exception fault) => log.PruningFailed(fault.GetBaseException().Message);
}
