namespace KubeIdP.Data.Throttling;

/// <summary>A limit on attempts, with the bucket in which they are counted.</summary>
/// <param name="Bucket">Throttles that are taken together are taken in the order of their buckets.</param>
/// <param name="Free">This many failures, including attempts in progress, cause no delay.</param>
/// <param name="Memory">How long after the last failure all failures expire.</param>
public sealed record Throttle(int Bucket, int Free, TimeSpan Memory)
{
    /// <summary>
    /// If this is not zero, the throttle is soft: after the free failures, an attempt must wait this long after the last failure. The delay
    /// doubles with each failure up to <see cref="LongestDelay"/>, and failures decrease gradually within <see cref="Memory"/>. Zero: the
    /// throttle is hard, and no attempt is allowed until all failures have expired.
    /// </summary>
    public TimeSpan FirstDelay { get; init; }

    public TimeSpan LongestDelay { get; init; }

    /// <summary>
    /// Counts only the first attempt in this other bucket, which is taken before it, so that accounts are counted and not the attempts at
    /// them.
    /// </summary>
    public int? OnlyFirstOf { get; init; }

    /// <summary>The marker, see <see cref="FailureStore.MarkAsync"/>, before whose time nothing counts; null: there is none.</summary>
    public int? Marker { get; init; }
}
