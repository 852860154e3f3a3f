using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

/// <summary>The built-in client of the program kubeidp.</summary>
internal static class CliClient
{
    /// <summary>The client id, which no entry of the configuration may have.</summary>
    public const string Id = "kubeidp";

    /// <summary>Null if it is switched off.</summary>
    public static Client? Of(CliOptions options) => options.Enabled ? new Client(new ClientId(Id), Registration, options) : null;

    /// <summary>The rules of the section <c>cli</c>.</summary>
    /// <param name="options">The section.</param>
    /// <param name="clusters">The ids of the clusters.</param>
    /// <param name="clients">The ids of the other clients.</param>
    /// <param name="upstreams">The upstreams that groups may name.</param>
    public static IEnumerable<SettingsFault> Check(CliOptions options, IEnumerable<string> clusters, IEnumerable<string> clients,
        IReadOnlyCollection<ConnectorId> upstreams) =>
        [.. CheckIds(options, clusters, clients), .. DeviceCodeAccessRules.Check("cli.deviceCode", options.DeviceCode, upstreams)];

    /// <summary>The built-in client and an entry of the configuration can't share an id, also not one that differs only in case.</summary>
    private static IEnumerable<SettingsFault> CheckIds(CliOptions options, IEnumerable<string> clusters, IEnumerable<string> clients) =>
        !options.Enabled
            ? []
            : clusters.Select(id => (Key: $"clusters.{id}", Id: id)).Concat(clients.Select(id => (Key: $"clients.{id}", Id: id)))
                .Where(entry => entry.Id.Equals(Id, StringComparison.OrdinalIgnoreCase))
                .Select(entry => new SettingsFault(entry.Key, $"{Id} is the id of the built-in client of the program kubeidp.",
                    "Choose another name, or set cli.enabled: false."));

    // RFC 8252 §7.3: any port of the loopback address. The program listens without a path.
    private static ClientOptions Registration => new()
    {
        Kind = ClientKind.Admin, Name = Id, RedirectUris = ["http://127.0.0.1", "http://localhost", "http://[::1]"],
        IdTokenLifetime = ApiScopes.TokenLifetime,
    };
}
