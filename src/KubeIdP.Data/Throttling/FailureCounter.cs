namespace KubeIdP.Data.Throttling;

/// <summary>
/// Tries at secrets, counted in a fixed number of buckets for each kind of counter, so that strangers can't make the table grow; beside them lie as many
/// markers, which administrators set to have earlier failures forgotten.
/// Two keys in one bucket share a delay; with a few attackers at a time that is rare.
/// </summary>
public sealed class FailureCounter
{
    /// <summary>Of each kind.</summary>
    public const int Buckets = 65_536;

    public required int Bucket { get; init; }

    public required int Failures { get; init; }

    /// <summary>When the last of them was counted; of a marker, when it was set.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>Tries that are under way: counted, and still without an outcome.</summary>
    public int Pending { get; init; }

    /// <summary>When the last of them began. Whoever is under way for too long is taken for failed.</summary>
    public DateTimeOffset TakenAt { get; init; } = DateTimeOffset.UnixEpoch;
}
