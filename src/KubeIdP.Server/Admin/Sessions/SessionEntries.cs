using KubeIdP.Data.Sessions;
using KubeIdP.Server.Issuer;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>Live sessions in a list.</summary>
/// <param name="WithPerson">Whether whose they are is news.</param>
internal sealed record SessionEntries(IReadOnlyList<ListedSession> Sessions, ClientCatalog Clients, bool WithPerson)
{
    /// <summary>A client that is no longer configured keeps its id.</summary>
    public string NameOf(string clientId) => Clients.Find(clientId)?.Name ?? clientId;
}
