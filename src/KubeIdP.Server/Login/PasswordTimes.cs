using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Throttling;

namespace KubeIdP.Server.Login;

/// <summary>
/// How long the passwords of a connector took to be looked at lately. A name that nobody has is refused without that, and where the way
/// to a directory is slow the time would tell so: every refusal takes as long as the slowest of them.
/// </summary>
internal sealed class PasswordTimes(TimeProvider clock)
{
    /// <summary>So long one counts.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>More counts as this: a directory that hangs must not make everybody wait who mistypes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    // What else a refusal takes that has asked: the outcome is counted and recorded.
    private static readonly TimeSpan Margin = RefusalDelay.Interval / 5;

    private readonly Lock gate = new();
    private readonly Dictionary<ConnectorId, (TimeSpan Time, DateTimeOffset At)> slowest = [];

    public void Heard(ConnectorId connector, TimeSpan time)
    {
        var (now, counted) = (clock.GetUtcNow(), time < Longest ? time : Longest);
        lock (gate)
        {
            if (!slowest.TryGetValue(connector, out var before) || counted >= before.Time || now - before.At >= Memory) slowest[connector] = (counted, now);
        }
    }

    /// <summary>So long a refusal of this connector takes at least. Zero where no password was looked at lately.</summary>
    public TimeSpan Of(ConnectorId connector)
    {
        lock (gate) return slowest.TryGetValue(connector, out var found) && clock.GetUtcNow() - found.At < Memory ? found.Time + Margin : TimeSpan.Zero;
    }
}
