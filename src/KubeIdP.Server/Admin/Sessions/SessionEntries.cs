using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>Live sessions in a list.</summary>
/// <param name="WithPerson">Whether whose they are is news.</param>
internal sealed record SessionEntries(IReadOnlyList<ShownSession> Sessions, ClientCatalog Clients, bool WithPerson)
{
    public string NameOf(ClientId clientId) => Clients.NameOf(clientId);
}
