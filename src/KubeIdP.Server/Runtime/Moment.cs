namespace KubeIdP.Server.Runtime;

/// <summary>
/// When something was known. Its age goes by the wall clock, which also runs while a virtual machine sleeps, and by the monotonic one, which nobody sets
/// back: the greater of the two.
/// </summary>
internal readonly record struct Moment(DateTimeOffset At, long Timestamp)
{
    public static Moment Take(TimeProvider clock) => new(clock.GetUtcNow(), clock.GetTimestamp());

    public TimeSpan Age(TimeProvider clock)
    {
        var (wall, monotonic) = (clock.GetUtcNow() - At, clock.GetElapsedTime(Timestamp));
        return wall > monotonic ? wall : monotonic;
    }
}
