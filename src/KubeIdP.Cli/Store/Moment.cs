namespace KubeIdP.Cli.Store;

/// <summary>A moment by this machine's two clocks: the one that people set, and the one that only runs.</summary>
/// <param name="UnixMilliseconds">The time of day, which may be set back or forward.</param>
/// <param name="Uptime">Milliseconds since this machine started. It is never set, and starts again at 0 with the machine.</param>
internal readonly record struct Moment(long UnixMilliseconds, long Uptime)
{
    public static Moment Of(TimeProvider clock) => new(
        clock.GetUtcNow().ToUnixTimeMilliseconds(), (long)clock.GetElapsedTime(0, clock.GetTimestamp()).TotalMilliseconds);
}
