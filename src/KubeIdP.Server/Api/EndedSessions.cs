namespace KubeIdP.Server.Api;

/// <summary>The number of ended sessions.</summary>
internal sealed record EndedSessions(long Ended);
