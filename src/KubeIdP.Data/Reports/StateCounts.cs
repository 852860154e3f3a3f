namespace KubeIdP.Data.Reports;

/// <summary>What monitoring asks for.</summary>
/// <param name="LiveSessions">Of all replicas.</param>
/// <param name="UncoveredFor">How long the oldest audit event has waited for a checkpoint; zero when none waits.</param>
public sealed record StateCounts(long LiveSessions, TimeSpan UncoveredFor);
