using System.Text.RegularExpressions;
using KubeIdP.Server.Configuration;
using Microsoft.AspNetCore.WebUtilities;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Clients;

/// <summary>The rules of addresses to which a browser is sent with a code, or after logout.</summary>
internal static partial class RedirectUriRules
{
    /// <summary>The maximum length of an address in characters; a request also has other parameters.</summary>
    private const int MaxLength = 1_000;

    // RFC 6749 §4.1.2, RFC 9207 §2; OpenID Connect RP-Initiated Logout §3.
    private static readonly string[] CodeAnswer = [Parameters.Code, Parameters.State, Parameters.Iss, Parameters.Error,
        Parameters.ErrorDescription];
    private static readonly string[] SignOutAnswer = [Parameters.State];

    public static RedirectTargets TargetsOf(ClientKind kind) => kind switch
    {
        ClientKind.Web or ClientKind.Spa => RedirectTargets.Web,
        ClientKind.Native => RedirectTargets.Native,
        _ => RedirectTargets.Loopback,
    };

    public static IEnumerable<SettingsFault> Check(string key, RelyingPartyOptions options, RedirectTargets targets) =>
    [
        .. Check($"{key}.redirectUris", options.RedirectUris, targets, CodeAnswer),
        .. Check($"{key}.postLogoutRedirectUris", options.PostLogoutRedirectUris, targets, SignOutAnswer),
    ];

    /// <param name="answer">The parameters that the response adds to the address.</param>
    private static IEnumerable<SettingsFault> Check(string key, IReadOnlyList<string> uris, RedirectTargets targets, string[] answer)
    {
        for (var i = 0; i < uris.Count; i++)
        {
            if (Objection(uris[i], targets) is { } objection)
                yield return new($"{key}[{i}]", $"\"{uris[i]}\" {objection}.", targets switch
                {
                    RedirectTargets.Web => "Write one full address, such as https://app.example.com/callback; http is only for localhost.",
                    RedirectTargets.Native => "Use an address on the person's own machine, such as http://127.0.0.1:8000, or a scheme of "
                        + "the program's own, such as com.example.app:/callback.",
                    _ => "Use an address on the person's own machine: http://localhost:8000 or http://127.0.0.1:8000.",
                });
            else if (Brings(uris[i], answer) is { } parameter)
                yield return new($"{key}[{i}]", $"\"{uris[i]}\" has a parameter {parameter}, which the response adds itself.",
                    "Remove it from the address.");
        }
    }

    /// <summary>
    /// Null, or what is wrong with an address that codes may go to (RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9700 §4.1). A valid address is used
    /// unchanged: compared, sent as a Location, put into the content security policy, and shown.
    /// </summary>
    public static string? Objection(string uri, RedirectTargets targets)
    {
        if (uri.Contains('*', StringComparison.Ordinal)) return "has a wildcard, which would let others choose where codes are sent";
        if (!Characters().IsMatch(uri))
            return "has characters that browsers and servers interpret differently, or a % without two hexadecimal digits";
        if (uri.Length > MaxLength) return $"has more than {MaxLength} characters";

        if (targets is RedirectTargets.Native && PrivateScheme().IsMatch(uri)) return null;

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
        return (targets, isHttp, isLoopback) switch
        {
            (RedirectTargets.Loopback, true, true) => null,
            (RedirectTargets.Loopback, _, _) => "is not an http address on localhost, 127.0.0.1 or [::1]",
            (_, true, false) => "is neither https nor on localhost, 127.0.0.1 or [::1]",
            _ => null,
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

    // RFC 8252 §7.1: a domain name of the application's owner in reverse order, so that two applications don't share it.
    [GeneratedRegex(@"\A[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+:/[A-Za-z0-9._~/-]*\z")]
    private static partial Regex PrivateScheme();
}
