namespace KubeIdP.Data.Throttling;

/// <summary>
/// A count of attempts at secrets, in a fixed number of buckets for each kind of counter, so that strangers can't make the table grow.
/// There are as many markers, which administrators set to reset earlier failures. Two keys in one bucket share a delay, which is rare with
/// few attackers at a time.
/// </summary>
public sealed class FailureCounter
{
    /// <summary>The number of buckets of each kind.</summary>
    public const int Buckets = 65_536;

    public required int Bucket { get; init; }

    public required int Failures { get; init; }

    /// <summary>When the last failure was counted; for a marker, when it was set.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>Attempts in progress: counted, but without an outcome yet.</summary>
    public int Pending { get; init; }

    /// <summary>When the last attempt in progress began. An attempt that takes too long counts as failed.</summary>
    public DateTimeOffset TakenAt { get; init; } = DateTimeOffset.UnixEpoch;
}
