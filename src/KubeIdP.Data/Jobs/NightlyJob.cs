namespace KubeIdP.Data.Jobs;

/// <summary>Something that one of the replicas does once a night.</summary>
public sealed class NightlyJob
{
    public required string Name { get; init; }

    /// <summary>The last night it was begun in, as a number of days.</summary>
    public required long Night { get; init; }
}
