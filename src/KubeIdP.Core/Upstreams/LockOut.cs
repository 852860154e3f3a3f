namespace KubeIdP.Core.Upstreams;

/// <summary>How an upstream locks an account for which too many wrong passwords arrive.</summary>
/// <param name="MaxFailures">The one with this number locks it; at least 1.</param>
/// <param name="Window">So long after the last failure the upstream forgets them; null: not before the right password.</param>
public sealed record LockOut(int MaxFailures, TimeSpan? Window)
{
    /// <summary>How many the upstream has counted by now, wherever they came from; 0 when it does not show it.</summary>
    public int Failures { get; init; }

    /// <summary>Whether it is known to show failures: then 0 means that there are none.</summary>
    public bool ShowsFailures { get; init; }

    /// <summary>Whether the real limit is not known, and this one is assumed.</summary>
    public bool IsAssumed { get; init; }
}
