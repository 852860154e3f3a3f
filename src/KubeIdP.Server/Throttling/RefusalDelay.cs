namespace KubeIdP.Server.Throttling;

/// <summary>
/// Gives every refusal the same time after its arrival, whichever connector was asked and whether the account exists: else the clock would
/// tell what the page conceals.
/// </summary>
internal sealed class RefusalDelay(TimeProvider clock)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly long arrival = clock.GetTimestamp();

    /// <summary>Waits for the next beat; work that took longer than one beat is answered at the end of a later one.</summary>
    /// <param name="least">As if the work had taken so long, where it was done sooner.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task WaitAsync(TimeSpan least, CancellationToken ct) => Task.Delay(Rest(clock.GetElapsedTime(arrival), least), clock, ct);

    public static TimeSpan Rest(TimeSpan elapsed, TimeSpan least)
    {
        var counted = elapsed > least ? elapsed : least;
        return counted - elapsed + Interval - TimeSpan.FromTicks(counted.Ticks % Interval.Ticks);
    }
}
