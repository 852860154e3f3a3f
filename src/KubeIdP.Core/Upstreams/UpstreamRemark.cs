namespace KubeIdP.Core.Upstreams;

/// <summary>What an administrator of an upstream should know, beside the answer about a person. It does not change the answer.</summary>
public abstract record UpstreamRemark
{
    private UpstreamRemark()
    {
    }

    /// <summary>A sentence, safe to be shown and logged.</summary>
    public abstract string Words { get; }

    /// <summary>
    /// The person is in a group that does not go into their tokens, because its name there would be ambiguous or not allowed.
    /// </summary>
    /// <param name="Group">As the upstream names it, such as its DN, safe to be shown and logged.</param>
    /// <param name="Why">A sentence's end, such as "its cn is longer than 256 characters".</param>
    public sealed record GroupLeftOut(string Group, GroupFault Fault, string Why) : UpstreamRemark
    {
        public override string Words => $"The group {Group} is left out: {Why}.";
    }

    /// <summary>Several people have the typed name.</summary>
    /// <param name="What">Who they are and which of them is meant, as a sentence that is safe to be shown and logged.</param>
    public sealed record NameShared(string What) : UpstreamRemark
    {
        public override string Words => What;
    }

    /// <summary>It is unknown how many wrong passwords lock an account.</summary>
    /// <param name="Taken">The limit that is assumed.</param>
    public sealed record LockOutUnknown(LockOut Taken) : UpstreamRemark
    {
        public override string Words =>
            $"It can't be read how many wrong passwords lock an account, so {Taken.MaxFailures} are taken for it, and guesses end "
                + $"before: set lockOut.maxFailures and lockOut.window (check --connect).";
    }
}
