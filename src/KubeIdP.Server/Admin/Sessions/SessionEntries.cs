using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>A list of live sessions.</summary>
/// <param name="WithPerson">Whether to show the person of each session.</param>
internal sealed record SessionEntries(IReadOnlyList<ShownSession> Sessions, ClientCatalog Clients, bool WithPerson)
{
    public string NameOf(ClientId clientId) => Clients.NameOf(clientId);
}
