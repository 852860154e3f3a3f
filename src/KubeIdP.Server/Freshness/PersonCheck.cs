using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Freshness;

/// <summary>The closed set of results of a freshness check of a signed-in person.</summary>
internal abstract record PersonCheck
{
    private PersonCheck()
    {
    }

    /// <param name="Person">As the directory has them now, or had them recently enough.</param>
    public sealed record Good(PersonSnapshot Person) : PersonCheck;

    /// <summary>The directory refuses the person, and their sessions have ended.</summary>
    /// <param name="Reason">For the log; the audit log has it too.</param>
    /// <param name="Advice">For the person at the terminal.</param>
    public sealed record Refused(string Reason, string Advice) : PersonCheck;

    /// <summary>The directory does not answer, and its last answer is too old. This says nothing about the person.</summary>
    public sealed record Unknown : PersonCheck;
}
