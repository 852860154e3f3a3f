namespace KubeIdP.Core.Upstreams;

/// <summary>The closed set of answers of an upstream about a person.</summary>
public abstract record UpstreamAnswer
{
    private UpstreamAnswer()
    {
    }

    /// <summary>For an administrator of the upstream; not shown to the person.</summary>
    public IReadOnlyList<UpstreamRemark> Remarks { get; init; } = [];

    /// <summary>The upstream confirms this person now.</summary>
    public sealed record Known(UpstreamIdentity Identity) : UpstreamAnswer;

    /// <summary>The upstream answered, and refuses this person.</summary>
    public sealed record Refused(Refusal Reason) : UpstreamAnswer
    {
        /// <summary>
        /// Whether the person has proven who they are all the same, such as by the right password. Only then may the reason be shown, such
        /// as that the password has expired: somebody who guesses passwords must learn nothing.
        /// </summary>
        public bool IdentityProven { get; init; }
    }

    /// <summary>The upstream did not answer, which says nothing about the person.</summary>
    public sealed record Unreachable(string Detail) : UpstreamAnswer
    {
        /// <summary>Whether a password was sent and nothing came back: if it was wrong, the upstream has counted it.</summary>
        public bool MayHaveArrived { get; init; }
    }
}
