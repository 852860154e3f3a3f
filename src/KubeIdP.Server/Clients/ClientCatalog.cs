using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.Clients;

/// <summary>The clients of the running configuration, by id.</summary>
internal sealed class ClientCatalog(IReadOnlyDictionary<string, ClientOptions> configured)
{
    private readonly Dictionary<string, Client> byId =
        configured.ToDictionary(client => client.Key, client => new Client(new ClientId(client.Key), client.Value), StringComparer.Ordinal);

    public IReadOnlyCollection<Client> All => byId.Values;

    public Client? Find(string? id) => id is null ? null : byId.GetValueOrDefault(id);

    /// <summary>The display name; the id for a client that is no longer configured.</summary>
    public string NameOf(string id) => Find(id)?.Name ?? id;
}
