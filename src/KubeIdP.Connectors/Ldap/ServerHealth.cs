using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// What is remembered of one server: whether it failed recently, so that others are asked first; and whether it timed out again and again,
/// so that no request waits for it for a while. Both expire by themselves.
/// </summary>
internal sealed class ServerHealth(string name, TimeProvider clock, Action<UpstreamServer> changed)
{
    // After a failure others are asked first for this long. A server that restarts is back within it.
    private static readonly TimeSpan LastResortPeriod = TimeSpan.FromSeconds(15);

    // One slow search is no outage.
    private const int MaxTimeouts = 3;

    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(1);

    private readonly Lock sync = new();
    private DateTimeOffset lastResortUntil;
    private DateTimeOffset retryAt;
    private int timeouts;
    private UpstreamServer server = new(name, UpstreamServerState.Answering, null);

    /// <summary>As it was when it was last asked.</summary>
    public UpstreamServer Server
    {
        get
        {
            lock (sync) return server;
        }
    }

    /// <summary>Whether another server should be asked first.</summary>
    public bool FailedLately
    {
        get
        {
            lock (sync) return clock.GetUtcNow() < lastResortUntil;
        }
    }

    /// <summary>
    /// Whether it may be asked. After the delay one caller tries it; the others go on without it until that one has an answer.
    /// </summary>
    public bool MayAsk()
    {
        lock (sync)
        {
            if (timeouts < MaxTimeouts) return true;
            if (clock.GetUtcNow() < retryAt) return false;

            retryAt = clock.GetUtcNow() + FirstRetryDelay;
            return true;
        }
    }

    public void Answered()
    {
        lock (sync) (timeouts, lastResortUntil) = (0, default);
        Report(null);
    }

    public void Failed(string error)
    {
        lock (sync) lastResortUntil = clock.GetUtcNow() + LastResortPeriod;
        Report(error);
    }

    public void TimedOut(string error)
    {
        lock (sync)
        {
            timeouts++;
            lastResortUntil = clock.GetUtcNow() + LastResortPeriod;
            var delay = FirstRetryDelay * Math.Pow(2, Math.Clamp(timeouts - MaxTimeouts, 0, 8));
            retryAt = clock.GetUtcNow() + (delay < MaxRetryDelay ? delay : MaxRetryDelay);
        }

        Report(error);
    }

    /// <summary>The service account was refused. Further attempts would lock it in many directories.</summary>
    public void ServiceAccountRefused(string error)
    {
        lock (sync)
        {
            timeouts = Math.Max(timeouts, MaxTimeouts);
            retryAt = clock.GetUtcNow() + FirstRetryDelay;
        }

        Report(error);
    }

    /// <summary>Only a change of state is reported: a server that fails may fail a thousand times a minute.</summary>
    private void Report(string? error)
    {
        UpstreamServer now;
        lock (sync)
        {
            var state = error is null
                ? UpstreamServerState.Answering
                : timeouts < MaxTimeouts ? UpstreamServerState.Failing : UpstreamServerState.Suspended;
            if (state == server.State) return;
            now = server = server with { State = state, Error = error is null ? null : OutsideText.Show(error) };
        }

        changed(now);
    }
}
