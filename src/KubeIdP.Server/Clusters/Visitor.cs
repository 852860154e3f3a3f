using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Clusters;

/// <summary>Somebody who is signed in, as the clusters would see them now.</summary>
/// <param name="Person">With the groups that decide which clusters they may use.</param>
/// <param name="Role">Decides whether they see what API servers need.</param>
internal sealed record Visitor(PersonSnapshot Person, AdminRole Role)
{
    /// <summary>Whether they administer or audit this server, and so see the pages of all clusters.</summary>
    public bool SeesAll => Role is not AdminRole.None;

    public bool MayUse(Client cluster) => cluster.Access.Allows(Person.Connector, Person.Groups);
}
