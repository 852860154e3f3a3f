namespace KubeIdP.Cli.Api;

/// <summary>The number of ended sessions.</summary>
internal sealed record EndedSessions(long Ended);
