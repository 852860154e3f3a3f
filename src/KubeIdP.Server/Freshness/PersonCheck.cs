using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Freshness;

/// <summary>The closed set of what can be said about a signed-in person now.</summary>
internal abstract record PersonCheck
{
    private PersonCheck()
    {
    }

    /// <param name="Person">As the directory has them now, or had them lately enough.</param>
    public sealed record Good(PersonSnapshot Person) : PersonCheck;

    /// <summary>The directory has said no, and all that the person had open has ended.</summary>
    /// <param name="Reason">For logs; the audit has it.</param>
    /// <param name="Advice">For the person at the terminal.</param>
    public sealed record Refused(string Reason, string Advice) : PersonCheck;

    /// <summary>The directory doesn't answer, and what it last said is too old. This says nothing about the person.</summary>
    public sealed record Unknown : PersonCheck;
}
