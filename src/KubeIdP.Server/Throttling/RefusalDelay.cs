namespace KubeIdP.Server.Throttling;

/// <summary>
/// Delays every refusal to the same time after its arrival, for every connector and whether or not the account exists; otherwise the
/// response time would reveal what the page hides.
/// </summary>
internal sealed class RefusalDelay(TimeProvider clock)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly long arrival = clock.GetTimestamp();

    /// <summary>
    /// Waits until the end of the current interval since the arrival; work that took longer than one interval is answered at the end of a
    /// later one.
    /// </summary>
    /// <param name="minimum">The minimum time that the work is assumed to have taken.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task WaitAsync(TimeSpan minimum, CancellationToken ct) =>
        Task.Delay(RemainingTime(clock.GetElapsedTime(arrival), minimum), clock, ct);

    public static TimeSpan RemainingTime(TimeSpan elapsed, TimeSpan minimum)
    {
        var counted = elapsed > minimum ? elapsed : minimum;
        return counted - elapsed + Interval - TimeSpan.FromTicks(counted.Ticks % Interval.Ticks);
    }
}
