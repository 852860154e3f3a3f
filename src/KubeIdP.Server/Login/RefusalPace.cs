namespace KubeIdP.Server.Login;

/// <summary>
/// Gives every refusal the same time after its arrival, whichever connector was asked and whether the account exists: else the clock would
/// tell what the page conceals.
/// </summary>
internal sealed class RefusalPace(TimeProvider clock)
{
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly long arrival = clock.GetTimestamp();

    /// <summary>Waits for the next beat; work that took longer than one beat is answered at the end of a later one.</summary>
    public Task WaitAsync(CancellationToken ct) => Task.Delay(Rest(clock.GetElapsedTime(arrival)), clock, ct);

    public static TimeSpan Rest(TimeSpan elapsed) => Beat - TimeSpan.FromTicks(elapsed.Ticks % Beat.Ticks);
}
