using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Throttling;

namespace KubeIdP.Server.Login;

/// <summary>
/// How long recent password checks of a connector took. A name that does not exist is refused without a check. With a slow directory the
/// response time would reveal that, so every refusal takes as long as the slowest recent check.
/// </summary>
internal sealed class PasswordTimes(TimeProvider clock)
{
    /// <summary>How long a measured time counts.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(1);

    /// <summary>The maximum; longer times count as this. A directory that hangs must not delay everybody who mistypes a password.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(3);

    // Additional time of a refusal after a check: the outcome is counted and recorded.
    private static readonly TimeSpan Margin = RefusalDelay.Interval / 5;

    private readonly Lock sync = new();
    private readonly Dictionary<ConnectorId, (TimeSpan Time, DateTimeOffset At)> slowest = [];

    public void Record(ConnectorId connector, TimeSpan time)
    {
        var (now, counted) = (clock.GetUtcNow(), time < Max ? time : Max);
        lock (sync)
        {
            if (!slowest.TryGetValue(connector, out var before) || counted >= before.Time || now - before.At >= Retention)
                slowest[connector] = (counted, now);
        }
    }

    /// <summary>The minimum duration of a refusal for this connector. Zero when no password was checked recently.</summary>
    public TimeSpan Of(ConnectorId connector)
    {
        lock (sync)
            return slowest.TryGetValue(connector, out var found) && clock.GetUtcNow() - found.At < Retention
                ? found.Time + Margin
                : TimeSpan.Zero;
    }
}
