using KubeIdP.Data.Sessions;

namespace KubeIdP.Data.People;

/// <summary>A person who may sign in, as last known.</summary>
/// <param name="Now">When the row was read, by the database's clock.</param>
public sealed record KnownPerson(PersonSnapshot Person, DateTimeOffset Now)
{
    public Membership Membership => new(Person.Connector, Person.Groups);
}
