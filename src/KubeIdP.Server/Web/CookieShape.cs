using System.Security.Cryptography;
using System.Text;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Web;

/// <summary>The options and names of all cookies of this server.</summary>
internal static class CookieShape
{
    /// <summary>
    /// The prefix of all cookie names. "__Host-": the browser accepts the cookie only from this host and over TLS, so no other site of the
    /// domain can set it.
    /// </summary>
    public const string Prefix = "__Host-kubeidp-";

    /// <summary>
    /// The options that the <c>__Host-</c> prefix requires, and SameSite=Lax: the session is sent with a link from a terminal or an email,
    /// but not with a form of another site.
    /// </summary>
    public static CookieOptions HostOnly() =>
        new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    /// <summary>
    /// The name of a cookie of this issuer. A browser distinguishes cookies only by host name: not by port (RFC 6265 §8.5), and not by
    /// path, because the prefix requires "/". So the rest of the issuer's URL is part of the name, and two issuers on one host do not
    /// overwrite each other's cookies.
    /// </summary>
    /// <param name="issuer">The issuer of the cookie.</param>
    /// <param name="kind">What the cookie is for.</param>
    public static string Name(IssuerUrl issuer, string kind)
    {
        var url = issuer.Uri;
        if (url is { Scheme: "https", IsDefaultPort: true, AbsolutePath: "/" }) return Prefix + kind;

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{url.Scheme}:{url.Port}{url.AbsolutePath}"));
        return $"{Prefix}{kind}-{Convert.ToHexStringLower(digest, 0, 4)}";
    }
}
