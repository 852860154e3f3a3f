using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.People;

/// <summary>What came of writing down what a directory says about a person.</summary>
public abstract record UpstreamChange
{
    private UpstreamChange()
    {
    }

    public sealed record Done(PersonId PersonId) : UpstreamChange;

    /// <summary>The directory's password is another than before: what the old one opened has ended.</summary>
    public sealed record PasswordChanged(PersonId PersonId) : UpstreamChange;

    /// <summary>Nothing was written: another person has this user name.</summary>
    /// <param name="ReservedUntil">Null when somebody has it now; else it was somebody's and is nobody's until then.</param>
    public sealed record NameTaken(DateTimeOffset? ReservedUntil) : UpstreamChange;
}
