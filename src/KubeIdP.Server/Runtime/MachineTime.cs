namespace KubeIdP.Server.Runtime;

/// <summary>
/// When something was known, by the clocks of this machine. Its age is the greater of two: by the wall clock, which also runs while a
/// virtual machine is suspended, and by the monotonic clock, which can't be set back.
/// </summary>
internal readonly record struct MachineTime(DateTimeOffset At, long Timestamp)
{
    public static MachineTime Take(TimeProvider clock) => new(clock.GetUtcNow(), clock.GetTimestamp());

    public TimeSpan Age(TimeProvider clock)
    {
        var (wall, monotonic) = (clock.GetUtcNow() - At, clock.GetElapsedTime(Timestamp));
        return wall > monotonic ? wall : monotonic;
    }
}
