using KubeIdP.Data.People;

namespace KubeIdP.Server.Upstreams;

/// <summary>The closed set of outcomes of <see cref="SubjectLinker.LinkAsync"/>.</summary>
internal abstract record LinkedPerson
{
    private LinkedPerson()
    {
    }

    public sealed record Linked(Person Person) : LinkedPerson;

    /// <summary>The user name belongs to another person. The two are never merged.</summary>
    /// <param name="ReservedUntil">Null if another person has it now.</param>
    public sealed record NameTaken(DateTimeOffset? ReservedUntil) : LinkedPerson;

    /// <param name="Fault">What is wrong with the user name, such as "is empty".</param>
    public sealed record NameNotAllowed(string Fault) : LinkedPerson;

    /// <summary>An administrator of this server has disabled the person.</summary>
    public sealed record Disabled : LinkedPerson;

    /// <summary>A local account was removed after its password was checked.</summary>
    public sealed record Gone : LinkedPerson;
}
