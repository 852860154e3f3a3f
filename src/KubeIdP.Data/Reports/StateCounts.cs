namespace KubeIdP.Data.Reports;

/// <summary>The counts for monitoring.</summary>
/// <param name="LiveSessions">The live sessions of all replicas.</param>
/// <param name="UncoveredFor">How long the oldest audit event has waited for a checkpoint; zero when none waits.</param>
public sealed record StateCounts(long LiveSessions, TimeSpan UncoveredFor);
