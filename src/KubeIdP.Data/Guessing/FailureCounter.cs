namespace KubeIdP.Data.Guessing;

/// <summary>
/// Failed passwords, counted in a fixed number of buckets, so that strangers can't make the table grow. Beyond the buckets lie as many markers,
/// which administrators set to have earlier failures forgotten.
/// Two keys in one bucket share a delay; with a few attackers at a time that is rare.
/// </summary>
public sealed class FailureCounter
{
    public const int Buckets = 65_536;

    public required int Bucket { get; init; }

    public required int Failures { get; init; }

    public required DateTimeOffset LastAt { get; init; }
}
