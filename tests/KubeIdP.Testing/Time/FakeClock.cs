namespace KubeIdP.Testing.Time;

/// <summary>
/// Real time plus a shift. Timers and timestamps stay real: a test turns the clock past a lifetime, it does not wait for a timer.
/// A PostgreSQL database of <see cref="Databases.TestDatabase"/> follows, for the product asks that for the time.
/// </summary>
public sealed class FakeClock : TimeProvider
{
    private long shiftTicks;

    /// <summary>Called with the whole shift, before <see cref="Advance"/> returns.</summary>
    public event Action<TimeSpan>? Shifted;

    public TimeSpan Shift => new(Interlocked.Read(ref shiftTicks));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;

    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);

        Interlocked.Add(ref shiftTicks, by.Ticks);
        Shifted?.Invoke(Shift);
    }
}
