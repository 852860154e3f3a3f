namespace KubeIdP.Testing.Time;

/// <summary>
/// The clock of one machine among several: the real one, wrong by as much as a test says. Setting it is no time that passes.
/// </summary>
public sealed class MachineClock : TimeProvider
{
    private long aheadTicks;

    /// <summary>How far it is ahead of the real one; negative where it is behind.</summary>
    public TimeSpan Ahead
    {
        get => new(Interlocked.Read(ref aheadTicks));
        set => Interlocked.Exchange(ref aheadTicks, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
