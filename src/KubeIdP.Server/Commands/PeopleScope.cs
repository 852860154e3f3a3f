using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Whom a verb is about. <c>people</c> are those of every upstream, <c>users</c> the accounts that live here; what can be done to both is one verb with two
/// scopes.
/// </summary>
/// <param name="Connector">Null: whichever.</param>
internal sealed record PeopleScope(string? Connector)
{
    public static PeopleScope Everybody { get; } = new((string?)null);

    public static PeopleScope LocalAccounts { get; } = new(ConnectorId.Local.Value);

    public bool Holds(ListedPerson person) => Connector is null || person.Connector == Connector;
}
