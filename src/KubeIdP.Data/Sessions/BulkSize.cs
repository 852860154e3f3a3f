namespace KubeIdP.Data.Sessions;

/// <summary>How many live sessions a filter matches, and of how many people.</summary>
public readonly record struct BulkSize(long Sessions, long People);
