using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.People;

/// <summary>The result of storing what a directory says about a person.</summary>
public abstract record UpstreamChange
{
    private UpstreamChange()
    {
    }

    public sealed record Done(PersonId PersonId) : UpstreamChange;

    /// <summary>The password in the directory has changed; the sessions that the old one opened have ended.</summary>
    public sealed record PasswordChanged(PersonId PersonId) : UpstreamChange;

    /// <summary>Nothing was written: another person has this user name.</summary>
    /// <param name="ReservedUntil">Null if another person has it now; otherwise it is reserved until this time.</param>
    public sealed record NameTaken(DateTimeOffset? ReservedUntil) : UpstreamChange;
}
