namespace KubeIdP.Server.Throttling;

/// <summary>Whether a password may be checked.</summary>
/// <param name="Attempt">The counted attempt; null: the password may not be checked.</param>
/// <param name="IsBusy">Whether it is unknown, because too many other attempts are in progress.</param>
internal readonly record struct ThrottleVerdict(CountedAttempt? Attempt, bool IsBusy);
