using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// What we remember of one server: whether it failed lately, so that another is asked first; and whether it has left us waiting again and again, so that
/// nobody waits for it at all for a while. Both pass by themselves.
/// </summary>
internal sealed class ServerHealth(string name, TimeProvider clock, Action<UpstreamServer> changed)
{
    // A server that restarts is back within this.
    private static readonly TimeSpan Detour = TimeSpan.FromSeconds(15);

    // One slow search is no outage.
    private const int TimeOutsBeforeRest = 3;

    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private DateTimeOffset detourUntil;
    private DateTimeOffset restUntil;
    private int timeOuts;
    private UpstreamServer server = new(name, UpstreamServerState.Answering, null);

    /// <summary>As it was when it was last asked.</summary>
    public UpstreamServer Server
    {
        get
        {
            lock (gate) return server;
        }
    }

    /// <summary>Whether another server should be asked first.</summary>
    public bool FailedLately
    {
        get
        {
            lock (gate) return clock.GetUtcNow() < detourUntil;
        }
    }

    /// <summary>Whether it may be asked. After a rest one caller is let through to try; the others go on without it until that one has an answer.</summary>
    public bool MayAsk()
    {
        lock (gate)
        {
            if (timeOuts < TimeOutsBeforeRest) return true;
            if (clock.GetUtcNow() < restUntil) return false;

            restUntil = clock.GetUtcNow() + FirstRest;
            return true;
        }
    }

    public void Answered()
    {
        lock (gate) (timeOuts, detourUntil) = (0, default);
        Tell(null);
    }

    public void Failed(string trouble)
    {
        lock (gate) detourUntil = clock.GetUtcNow() + Detour;
        Tell(trouble);
    }

    public void TimedOut(string trouble)
    {
        lock (gate)
        {
            timeOuts++;
            detourUntil = clock.GetUtcNow() + Detour;
            var rest = FirstRest * Math.Pow(2, Math.Clamp(timeOuts - TimeOutsBeforeRest, 0, 8));
            restUntil = clock.GetUtcNow() + (rest < LongestRest ? rest : LongestRest);
        }

        Tell(trouble);
    }

    /// <summary>Our own account was refused. Trying on would lock it out in many directories.</summary>
    public void RefusedUs(string trouble)
    {
        lock (gate)
        {
            timeOuts = Math.Max(timeOuts, TimeOutsBeforeRest);
            restUntil = clock.GetUtcNow() + FirstRest;
        }

        Tell(trouble);
    }

    /// <summary>Only a change of state is news: a server that fails may fail a thousand times a minute.</summary>
    private void Tell(string? trouble)
    {
        UpstreamServer now;
        lock (gate)
        {
            var state = trouble is null ? UpstreamServerState.Answering : timeOuts < TimeOutsBeforeRest ? UpstreamServerState.Failing : UpstreamServerState.Resting;
            if (state == server.State) return;
            now = server = server with { State = state, Trouble = trouble };
        }

        changed(now);
    }
}
