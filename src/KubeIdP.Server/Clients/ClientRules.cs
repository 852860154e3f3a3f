using System.Security.Cryptography;
using System.Text.RegularExpressions;
using KubeIdP.Core.Naming;
using KubeIdP.Server.Configuration;
using Microsoft.AspNetCore.WebUtilities;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Clients;

/// <summary>The rules and defaults of clients.</summary>
internal static partial class ClientRules
{
    private const int MaxIdLength = 100;

    /// <summary>The maximum length of an address in characters; a request also has other parameters.</summary>
    private const int MaxUriLength = 1_000;

    // RFC 6749 §4.1.2, RFC 9207 §2; OpenID Connect RP-Initiated Logout §3.
    private static readonly string[] CodeAnswer = [Parameters.Code, Parameters.State, Parameters.Iss, Parameters.Error,
        Parameters.ErrorDescription];
    private static readonly string[] SignOutAnswer = [Parameters.State];

    // The addresses of kubelogin: both host names, with and without the slash that some versions and users add.
    private static readonly string[] KubectlRedirectUris = ["http://localhost:8000", "http://localhost:8000/", "http://127.0.0.1:8000",
        "http://127.0.0.1:8000/"];

    public static IEnumerable<SettingsFault> Check(IReadOnlyDictionary<string, ClientOptions> clients) =>
        clients.SelectMany(client => Check(client.Key, client.Value)).Concat(CheckSpellings([.. clients.Keys]));

    public static IReadOnlyDictionary<string, ClientOptions> WithDefaults(IReadOnlyDictionary<string, ClientOptions> clients) =>
        clients.Count == 0
            ? new Dictionary<string, ClientOptions> { ["kubernetes"] = WithDefaults(new ClientOptions()) }
            : clients.ToDictionary(client => client.Key, client => WithDefaults(client.Value));

    private static ClientOptions WithDefaults(ClientOptions client) =>
        client is { Kind: ClientKind.Cluster or ClientKind.Admin, RedirectUris: [] }
            ? client with { RedirectUris = KubectlRedirectUris }
            : client;

    private static IEnumerable<SettingsFault> Check(string id, ClientOptions client)
    {
        var key = $"clients.{id}";

        // RFC 6749 appendix A.1 allows printable ASCII; a space would split a list of audiences.
        if (id.Length is 0 or > MaxIdLength || id.Any(c => c is <= ' ' or > '~'))
            yield return new(key, "This is not a valid client id.",
                $"Use 1 to {MaxIdLength} ASCII letters, digits and signs, without spaces.");

        foreach (var fault in client.Kind switch
        {
            ClientKind.Web => CheckWeb(key, client),
            ClientKind.Service => CheckService(key, client),
            _ => CheckPublic(key, client),
        }) yield return fault;
        if (client.Kind != ClientKind.Service && (client.KeysFile is not null || client.Scopes is not []))
            yield return new(key, "keysFile and scopes are only for a client of kind service.",
                "Remove keysFile and scopes, or set kind: service.");
        foreach (var fault in CheckGroups($"{key}.groups", client.Groups)) yield return fault;
        foreach (var fault in CheckUris($"{key}.redirectUris", client.RedirectUris, client.Kind, CodeAnswer)) yield return fault;
        foreach (var fault in CheckUris($"{key}.postLogoutRedirectUris", client.PostLogoutRedirectUris, client.Kind, SignOutAnswer))
            yield return fault;
    }

    private static IEnumerable<SettingsFault> CheckGroups(string key, ClientGroupOptions groups)
    {
        if (groups.Prefix is { } prefix && TokenName.FaultOf($"{prefix}x") is { } wrong)
            yield return new($"{key}.prefix", $"A group with this prefix {wrong}.", "Choose another, such as corp:.");

        foreach (var (group, name) in groups.Rename)
        {
            if (TokenName.FaultOf(name) is { } fault)
                yield return new($"{key}.rename.{group}", $"\"{name}\" {fault}.", "Give the group a name that Kubernetes accepts.");
        }
    }

    private static IEnumerable<SettingsFault> CheckService(string key, ClientOptions client)
    {
        if (client is not { RedirectUris: [], PostLogoutRedirectUris: [], SecretHash: null, Consent: false, BackChannelLogoutUri: null })
            yield return new(key, "A service has only name, keysFile and scopes, because nobody signs in to it.", "Remove the other keys.");

        foreach (var scope in client.Scopes.Where(scope => !ApiScopes.All.Contains(scope)))
            yield return new($"{key}.scopes", $"There is no scope {scope}.", $"Choose from {string.Join(", ", ApiScopes.All)}.");
        if (client.Scopes is [])
            yield return new($"{key}.scopes", "A service without scopes can do nothing.",
                $"Give it one or more of {string.Join(", ", ApiScopes.All)}.");

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
            yield return new($"{key}.secretHash", "A program on people's machines is a public client and can't protect a secret.",
                "Remove the secret, or set kind: web.");
        if (client.BackChannelLogoutUri is not null)
            yield return new($"{key}.backChannelLogoutUri",
                "A cluster has no back-channel address: it learns of an ended session at the next refresh, or by tokenReview.",
                "Remove the key, or set kind: web.");
        if (client.Consent)
            yield return new($"{key}.consent",
                "A cluster needs no consent: kubectl requests it, and people confirm on a page before a session is used again.",
                "Remove the key, or set kind: web.");
    }

    private static IEnumerable<SettingsFault> CheckWeb(string key, ClientOptions client)
    {
        if (client.RedirectUris is [])
            yield return new($"{key}.redirectUris", "A web client needs a redirect URI.",
                "List its callback, such as https://app.example.com/callback.");

        if (client.BackChannelLogoutUri is { } logoutUri
            && ((Objection(logoutUri, ClientKind.Web)
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

    /// <summary>People and environment variables don't distinguish "prod" from "Prod", but API servers do.</summary>
    private static IEnumerable<SettingsFault> CheckSpellings(IReadOnlyList<string> ids) =>
        ids.GroupBy(id => id, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group =>
            new SettingsFault($"clients.{group.Last()}", $"Client ids differ only in case: {string.Join(", ", group)}.",
                "Keep one of them, or give them names that are easy to tell apart."));

    /// <param name="answer">The parameters that the response adds to the address.</param>
    private static IEnumerable<SettingsFault> CheckUris(string key, IReadOnlyList<string> uris, ClientKind kind, string[] answer)
    {
        for (var i = 0; i < uris.Count; i++)
        {
            if (Objection(uris[i], kind) is { } objection)
                yield return new($"{key}[{i}]", $"\"{uris[i]}\" {objection}.", kind != ClientKind.Web
                    ? "Use an address on the person's own machine: http://localhost:8000 or http://127.0.0.1:8000."
                    : "Write one full address, such as https://app.example.com/callback; http is only for localhost.");
            else if (Brings(uris[i], answer) is { } parameter)
                yield return new($"{key}[{i}]", $"\"{uris[i]}\" has a parameter {parameter}, which the response adds itself.",
                    "Remove it from the address.");
        }
    }

    /// <summary>
    /// Null, or what is wrong with an address that codes may go to (RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9700 §4.1). A valid address is used
    /// unchanged: compared, sent as a Location, put into the content security policy, and shown.
    /// </summary>
    private static string? Objection(string uri, ClientKind kind)
    {
        if (uri.Contains('*', StringComparison.Ordinal)) return "has a wildcard, which would let others choose where codes are sent";
        if (!Characters().IsMatch(uri))
            return "has characters that browsers and servers interpret differently, or a % without two hexadecimal digits";
        if (uri.Length > MaxUriLength) return $"has more than {MaxUriLength} characters";

        // Compared as written: a scheme in another case would never match a request.
        var isHttp = uri.StartsWith("http://", StringComparison.Ordinal);
        if (!isHttp && !uri.StartsWith("https://", StringComparison.Ordinal)) return "begins with neither http:// nor https://";
        if (uri.Contains('#', StringComparison.Ordinal)) return "has a fragment";

        var authority = uri[(uri.IndexOf("//", StringComparison.Ordinal) + 2)..].Split('/', '?')[0];
        if (authority.Contains('@', StringComparison.Ordinal)) return "has a user name";
        if (!Authority().IsMatch(authority) || !Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Port == 0
            || parsed.Host == "")
            return "is not a URL";
        if (RedirectUri.HasNamelessParameter(parsed)) return "has a parameter without a name";

        // Checked on the text, because Uri also accepts 127.1, 0x7f000001 and LOCALHOST as loopback.
        var isLoopback = authority.Split(':') is ["localhost" or "127.0.0.1", ..] || authority == "[::1]"
            || authority.StartsWith("[::1]:", StringComparison.Ordinal);
        return (kind, isHttp, isLoopback) switch
        {
            (ClientKind.Cluster or ClientKind.Admin, true, true) or (ClientKind.Web, false, _) or (ClientKind.Web, true, true) => null,
            (not ClientKind.Web, _, _) => "is not an http address on localhost, 127.0.0.1 or [::1]",
            _ => "is neither https nor on localhost, 127.0.0.1 or [::1]",
        };
    }

    // RFC 6749 §3.1: no parameter twice. With "iss" (RFC 9207 §2) OpenIddict refuses the address at each request.
    private static string? Brings(string uri, string[] answer) =>
        uri.Split('?', 2) is [_, var query]
            ? QueryHelpers.ParseQuery(query).Keys.FirstOrDefault(name => answer.Contains(name, StringComparer.OrdinalIgnoreCase))
            : null;

    // RFC 3986 §2; the fragment has an error of its own.
    [GeneratedRegex(@"\A(?:[A-Za-z0-9._~:/?#\[\]@!$&'()+,;=-]|%[0-9A-Fa-f]{2})*\z")]
    private static partial Regex Characters();

    // A host of letters, digits and the signs that names may contain, or an IPv6 address.
    [GeneratedRegex(@"\A(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\z")]
    private static partial Regex Authority();
}
