namespace KubeIdP.Core.Upstreams;

/// <summary>How an upstream locks an account for which too many wrong passwords arrive.</summary>
/// <param name="MaxFailures">The one with this number locks it; at least 1.</param>
/// <param name="Window">So long after the last failure the upstream forgets them; null: not before the right password.</param>
public sealed record LockOut(int MaxFailures, TimeSpan? Window)
{
    /// <summary>How many the upstream has counted by now, wherever they came from; 0 when it doesn't tell.</summary>
    public int Failures { get; init; }

    /// <summary>Whether it is known to tell: then no failures are none.</summary>
    public bool TellsFailures { get; init; }

    /// <summary>Whether nobody knows, and this is what is taken for it.</summary>
    public bool IsAssumed { get; init; }
}
