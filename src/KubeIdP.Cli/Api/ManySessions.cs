namespace KubeIdP.Cli.Api;

/// <summary>The number of live sessions, and of their people.</summary>
internal sealed record ManySessions(long Sessions, long People);
