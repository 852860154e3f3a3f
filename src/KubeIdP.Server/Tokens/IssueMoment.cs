namespace KubeIdP.Server.Tokens;

/// <summary>
/// The moment from which what is being issued counts. Taken right before the grant's UPDATE: a replica that is paused in between must not hand out a
/// token that seems younger than a revocation elsewhere.
/// </summary>
internal readonly record struct IssueMoment(DateTimeOffset At, long Timestamp)
{
    /// <summary>Longer than this between the moment and the signature, and nothing is issued.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    public static IssueMoment Take(TimeProvider clock) => new(clock.GetUtcNow(), clock.GetTimestamp());

    /// <summary>By the wall clock, which also runs while a virtual machine sleeps, and by the monotonic one, which nobody sets back.</summary>
    public bool IsStale(TimeProvider clock) => clock.GetUtcNow() - At > MaxAge || clock.GetElapsedTime(Timestamp) > MaxAge;
}
