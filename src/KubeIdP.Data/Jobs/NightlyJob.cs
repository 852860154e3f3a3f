namespace KubeIdP.Data.Jobs;

/// <summary>A job that one of the replicas runs once a night.</summary>
public sealed class NightlyJob
{
    public required string Name { get; init; }

    /// <summary>The last night in which it was started, as a number of days.</summary>
    public required long Night { get; init; }
}
