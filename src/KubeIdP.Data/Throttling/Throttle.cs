namespace KubeIdP.Data.Throttling;

/// <summary>A limit on tries, with the bucket in which they are counted.</summary>
/// <param name="Bucket">Throttles that are taken together are taken in the order of their buckets.</param>
/// <param name="Free">So many failures, together with the tries under way, are free.</param>
/// <param name="Memory">So long after the last failure none counts any more.</param>
public sealed record Throttle(int Bucket, int Free, TimeSpan Memory)
{
    /// <summary>
    /// Soft: beyond the free ones a try may be made each time so long after the last failure, which doubles with each up to <see cref="LongestDelay"/>, and
    /// failures fade bit by bit within <see cref="Memory"/>. Zero: hard, so that none may be made before all is forgotten.
    /// </summary>
    public TimeSpan FirstDelay { get; init; }

    public TimeSpan LongestDelay { get; init; }

    /// <summary>Counts only the first try for this other bucket, taken before it: so accounts are counted, and not the tries at them.</summary>
    public int? OnlyFirstOf { get; init; }

    /// <summary>The marker, see <see cref="FailureStore.MarkAsync"/>, before whose moment nothing counts; null: there is none.</summary>
    public int? Marker { get; init; }
}
