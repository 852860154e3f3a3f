using System.Security.Cryptography;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

/// <summary>The rules and defaults of clients that are no clusters.</summary>
internal static class ClientRules
{
    private const int MaxIdLength = 100;

    /// <param name="clients">The clients as configured.</param>
    /// <param name="upstreams">The upstreams that groups may name.</param>
    public static IEnumerable<SettingsFault> Check(IReadOnlyDictionary<string, ClientOptions> clients,
        IReadOnlyCollection<ConnectorId> upstreams) =>
        clients.SelectMany(client => Check(client.Key, client.Value, clients, upstreams));

    public static IReadOnlyDictionary<string, ClientOptions> WithDefaults(IReadOnlyDictionary<string, ClientOptions> clients) =>
        clients.ToDictionary(client => client.Key, client => client.Value.Kind is ClientKind.Native or ClientKind.Admin
            ? RelyingPartyRules.WithLoopback(client.Value)
            : client.Value);

    private static IEnumerable<SettingsFault> Check(string id, ClientOptions client, IReadOnlyDictionary<string, ClientOptions> clients,
        IReadOnlyCollection<ConnectorId> upstreams)
    {
        var key = $"clients.{id}";

        // RFC 6749 appendix A.1 allows printable ASCII; a space would split a list of audiences.
        if (id.Length is 0 or > MaxIdLength || id.Any(c => c is <= ' ' or > '~'))
            yield return new(key, "This is not a valid client id.",
                $"Use 1 to {MaxIdLength} ASCII letters, digits and signs, without spaces.");

        foreach (var fault in client.Kind switch
        {
            ClientKind.Web => CheckWeb(key, client),
            ClientKind.Service => CheckService(key, client, clients.Values.Any(other => other.ResourceServers.Contains(id))),
            _ => CheckPublic(key, client),
        }) yield return fault;
        if (client.Kind != ClientKind.Service && (client.KeysFile is not null || client.Scopes is not []))
            yield return new(key, "keysFile and scopes are only for a client of kind service.",
                "Remove keysFile and scopes, or set kind: service.");
        foreach (var fault in RelyingPartyRules.Check(key, client, RedirectUriRules.TargetsOf(client.Kind), upstreams))
            yield return fault;
        foreach (var fault in CheckResourceServers($"{key}.resourceServers", id, client, clients)) yield return fault;
    }

    private static IEnumerable<SettingsFault> CheckResourceServers(string key, string id, ClientOptions client,
        IReadOnlyDictionary<string, ClientOptions> clients)
    {
        if (client is { Kind: ClientKind.Admin, ResourceServers: not [] })
            yield return new(key, "The tokens of an admin client are for the API of this server.",
                "Remove the key, or use a client of kind native for other resource servers.");
        for (var i = 0; i < client.ResourceServers.Count; i++)
        {
            var server = client.ResourceServers[i];
            if (server == id)
                yield return new($"{key}[{i}]", "A client is not listed as its own resource server.",
                    "Remove the entry: a web client may always introspect its own tokens.");
            else if (client.ResourceServers.Take(i).Contains(server))
                yield return new($"{key}[{i}]", $"{server} is listed twice.", "Remove one of the entries.");
            else if (clients.GetValueOrDefault(server)?.Kind is not (ClientKind.Web or ClientKind.Service))
                yield return new($"{key}[{i}]", $"There is no client {server} of kind web or service.",
                    "Name a client that can authenticate; clusters and programs on people's machines can't.");
        }
    }

    private static IEnumerable<SettingsFault> CheckService(string key, ClientOptions client, bool isResourceServer)
    {
        if (client is not { RedirectUris: [], PostLogoutRedirectUris: [], SecretHash: null, Consent: false, BackChannelLogoutUri: null,
            Access: null, IdTokenLifetime: null, ResourceServers: [] })
            yield return new(key, "A service has only name, keysFile, scopes and groups, because nobody signs in to it.",
                "Remove the other keys.");

        foreach (var scope in client.Scopes.Where(scope => !ApiScopes.All.Contains(scope)))
            yield return new($"{key}.scopes", $"There is no scope {scope}.", $"Choose from {string.Join(", ", ApiScopes.All)}.");
        if (client.Scopes is [] && !isResourceServer)
            yield return new($"{key}.scopes", "A service without scopes, which is no client's resource server, can do nothing.",
                $"Give it one or more of {string.Join(", ", ApiScopes.All)}, or name it in resourceServers of a client.");

        if (KeysFault(client.KeysFile) is { } fault)
            yield return new($"{key}.keysFile", fault,
                "Name a PEM file with its public keys: openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout.");
    }

    private static string? KeysFault(string? file)
    {
        if (file is null) return "A service needs a key to prove who it is.";
        try
        {
            ServiceKeys.Load(file);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return $"The file {file} can't be used: {fault.Message}";
        }
    }

    private static IEnumerable<SettingsFault> CheckPublic(string key, ClientOptions client)
    {
        if (client.SecretHash is not null)
            yield return new($"{key}.secretHash", "A program on people's machines, or in their browser, can't protect a secret.",
                "Remove the secret, or set kind: web.");
        if (client.BackChannelLogoutUri is not null)
            yield return new($"{key}.backChannelLogoutUri",
                "Only a web client has a server that can be notified; others learn of an ended session at the next refresh.",
                "Remove the key, or set kind: web.");
        if (client is { Kind: ClientKind.Spa, RedirectUris: [] })
            yield return new($"{key}.redirectUris", "An application in the browser needs a redirect URI.",
                "List its callback, such as https://app.example.com/callback.");
        if (client is { Kind: not ClientKind.Spa, Consent: true })
            yield return new($"{key}.consent",
                "A program on a person's machine needs no consent: people confirm on a page before a session is used again.",
                "Remove the key, or set kind: web.");
    }

    private static IEnumerable<SettingsFault> CheckWeb(string key, ClientOptions client)
    {
        if (client.RedirectUris is [])
            yield return new($"{key}.redirectUris", "A web client needs a redirect URI.",
                "List its callback, such as https://app.example.com/callback.");

        if (client.BackChannelLogoutUri is { } logoutUri
            && ((RedirectUriRules.Objection(logoutUri, RedirectTargets.Web)
            ?? (logoutUri.StartsWith("https://", StringComparison.Ordinal) ? null : "is not https")) is { } objection))
            yield return new($"{key}.backChannelLogoutUri", $"\"{logoutUri}\" {objection}.",
                "Write one full address, such as https://app.example.com/backchannel-logout.");

        if (client.SecretHash is null)
            yield return new($"{key}.secretHash", "A web client needs a secret.",
                "Create one with the command \"clients secret\" and put its hash here.");
        else if (!ClientSecret.IsHash(client.SecretHash))
            yield return new($"{key}.secretHash", "This is not the hash of a secret.",
                "It is \"sha256:\" and 43 characters of base64url; the command \"clients secret\" prints it.");
    }
}
