using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Tokens;

/// <summary>The closed set of results of checking whether a grant may be used now.</summary>
internal abstract record GrantCheck
{
    private GrantCheck()
    {
    }

    /// <param name="Grant">The grant with the current data of its person.</param>
    public sealed record Usable(GrantSnapshot Grant) : GrantCheck;

    /// <param name="Advice">The message for the person at the terminal.</param>
    public sealed record Over(string Advice) : GrantCheck;

    /// <summary>
    /// The person's directory does not answer, and its last answer is too old: the result is unknown, and nothing is used up.
    /// </summary>
    public sealed record Unknown : GrantCheck
    {
        public const string Advice = "The directory of this account does not answer right now. Try again in a moment; you stay signed in.";
    }
}
