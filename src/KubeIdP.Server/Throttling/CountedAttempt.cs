using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>An attempt that may continue, and where it was counted.</summary>
internal sealed record CountedAttempt(ThrottleKey Key, IReadOnlyList<Throttle> Throttles);
