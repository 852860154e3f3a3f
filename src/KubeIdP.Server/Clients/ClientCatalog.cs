using System.Collections.Frozen;
using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.Clients;

/// <summary>The clusters and other clients of the running configuration and the built-in one, by id.</summary>
internal sealed class ClientCatalog
{
    private readonly OrderedDictionary<string, Client> byId = new(StringComparer.Ordinal);

    public ClientCatalog(IReadOnlyDictionary<string, ClusterOptions> clusters, IReadOnlyDictionary<string, ClientOptions> clients,
        CliOptions cli)
    {
        foreach (var (id, options) in clusters) byId.Add(id, new Client(new ClientId(id), options));
        foreach (var (id, options) in clients) byId.Add(id, new Client(new ClientId(id), options));
        if (CliClient.Of(cli) is { } own) byId.Add(own.Id.Value, own);
        Clusters = [.. byId.Values.Where(client => client.Cluster is not null)];
    }

    /// <summary>Clusters first, each in the order of the configuration; the built-in client is the last.</summary>
    public IReadOnlyCollection<Client> All => byId.Values;

    public IReadOnlyList<Client> Clusters { get; }

    /// <summary>The origins of all applications in the browser.</summary>
    public IReadOnlySet<string> Origins => All.SelectMany(client => client.Origins).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a client can authenticate, and so introspect tokens.</summary>
    public bool HasConfidential => All.Any(client => !client.IsPublic);

    /// <summary>Whether a client can be used with a device code.</summary>
    public bool HasDeviceCode => All.Any(client => client.DeviceCode is not null);

    public Client? Find(string? id) => id is null ? null : byId.GetValueOrDefault(id);

    /// <summary>Null if there is none, or another kind of client has this id.</summary>
    public Client? FindCluster(string? id) => Find(id) is { Cluster: not null } cluster ? cluster : null;

    /// <summary>The display name; the id for a client that is no longer configured.</summary>
    public string NameOf(string id) => Find(id)?.Name ?? id;
}
