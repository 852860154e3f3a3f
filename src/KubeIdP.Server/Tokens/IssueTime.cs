using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// The moment from which what is being issued counts, by the database's clock. It is that of the grant's UPDATE, which says it by itself: a replica that is
/// paused in between must not hand out a token that seems younger than a revocation elsewhere, and one whose clock is wrong must not date any.
/// </summary>
/// <param name="At">The date of what is issued.</param>
/// <param name="Asked">When this machine was about to send the UPDATE.</param>
internal readonly record struct IssueTime(DateTimeOffset At, Moment Asked)
{
    /// <summary>Longer than this between the UPDATE and the signature, and nothing is issued.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    public bool IsStale(TimeProvider clock) => Asked.Age(clock) > MaxAge;
}
