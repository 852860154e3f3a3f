namespace KubeIdP.Core.Upstreams;

/// <summary>How an upstream locks an account for which too many wrong passwords arrive.</summary>
/// <param name="MaxFailures">The number of wrong passwords that locks an account; at least 1.</param>
/// <param name="Window">
/// The time after the last failure at which the upstream resets its counter; null: only the right password resets it.
/// </param>
public sealed record LockOut(int MaxFailures, TimeSpan? Window)
{
    /// <summary>How many failures the upstream has counted by now, from all sources; 0 if it does not show them.</summary>
    public int Failures { get; init; }

    /// <summary>Whether the upstream shows failures: then 0 means that there are none.</summary>
    public bool ShowsFailures { get; init; }

    /// <summary>Whether the real limit is not known, and this one is assumed.</summary>
    public bool IsAssumed { get; init; }
}
