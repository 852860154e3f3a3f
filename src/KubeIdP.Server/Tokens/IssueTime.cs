using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// The issue time, by the database's clock. It is the time of the grant's UPDATE, which returns it: a replica that is paused after the
/// UPDATE must not issue a token that appears younger than a revocation elsewhere, and a replica whose clock is wrong must not date tokens.
/// </summary>
/// <param name="At">The issue time of the tokens.</param>
/// <param name="Asked">When this machine was about to send the UPDATE.</param>
internal readonly record struct IssueTime(DateTimeOffset At, MachineTime Asked)
{
    /// <summary>If more time than this passes between the UPDATE and the signature, nothing is issued.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    public bool IsStale(TimeProvider clock) => Asked.Age(clock) > MaxAge;
}
