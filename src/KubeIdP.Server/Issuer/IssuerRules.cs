using System.Text.RegularExpressions;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Issuer;

/// <summary>
/// The rules for the issuer. OIDC Discovery §4.3 and every API server compare it byte for byte, while <see cref="Uri"/> and libraries that
/// use it print a normalized form, so only a URL in normalized form is accepted.
/// </summary>
internal static partial class IssuerRules
{
    private const string Key = "issuer";

    public static IEnumerable<SettingsFault> Check(string issuer)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || uri.Host == "")
            return [new(Key, $"\"{issuer}\" is not an absolute URL.",
                "Write it as people and API servers reach it, such as https://idp.example.com.")];

        var faults = CheckParts(issuer, uri).ToList();
        if (faults.Count == 0 && Canonical(uri) is var canonical && canonical != issuer)
            faults.Add(
                new(Key, $"\"{issuer}\" is not in normalized form, so tokens would name another issuer than API servers expect.",
                    $"Write {canonical}"));
        return faults;
    }

    private static IEnumerable<SettingsFault> CheckParts(string issuer, Uri uri)
    {
        // OIDC Discovery §3: "a URL using the https scheme with no query or fragment components".
        if (uri.Scheme != Uri.UriSchemeHttps)
            yield return new(Key, $"\"{issuer}\" is not an https URL; API servers refuse any other.",
                "Begin it with https://, even if a proxy in front terminates TLS.");
        if (issuer.AsSpan().ContainsAny('?', '#'))
            yield return new(Key, $"\"{issuer}\" has a query or a fragment.", "Remove the \"?\" or \"#\" and everything after it.");
        if (issuer.Contains('@', StringComparison.Ordinal))
            yield return new(Key, "The issuer contains a user name, a password or an \"@\".", "Remove it: the issuer is public.");
        if (issuer.EndsWith('/'))
            yield return new(Key, $"\"{issuer}\" ends with a slash, which other programs drop or add when they compare it.",
                $"Remove the slash: {issuer.TrimEnd('/')}");
        if (issuer.Contains('%', StringComparison.Ordinal) || !PlainPath().IsMatch(uri.AbsolutePath.TrimEnd('/')))
            yield return new(Key, $"The path of \"{issuer}\" has empty parts, percent-encoding or unusual characters.",
                "Use letters, digits and - . _ ~ between single slashes.");
    }

    private static string Canonical(Uri uri)
    {
        // IdnHost drops the brackets of an IPv6 address, Host keeps a name that isn't ASCII.
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost.ToLowerInvariant();
        return $"https://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{(uri.AbsolutePath == "/" ? "" : uri.AbsolutePath)}";
    }

    [GeneratedRegex(@"\A(/[A-Za-z0-9._~-]+)*\z")]
    private static partial Regex PlainPath();
}
