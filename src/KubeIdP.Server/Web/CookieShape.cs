using System.Security.Cryptography;
using System.Text;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Web;

/// <summary>The one shape of our cookies, and their names.</summary>
internal static class CookieShape
{
    /// <summary>All of ours begin with it. "__Host-": the browser takes it from this very host over TLS alone, so no neighbouring site can plant one.</summary>
    public const string Prefix = "__Host-kubeidp-";

    /// <summary>What the <c>__Host-</c> prefix demands, and Lax: a link from a terminal or a mail still finds its session, a foreign form does not.</summary>
    public static CookieOptions HostOnly() => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    /// <summary>
    /// The name of a cookie of this issuer. A browser tells cookies apart by host name alone: not by port (RFC 6265 §8.5), and not by path where the prefix
    /// demands "/". So whatever else of the issuer's URL is its own is in the name, and two issuers on one host don't take each other's cookies away.
    /// </summary>
    /// <param name="issuer">Whose it is.</param>
    /// <param name="kind">What the cookie is for.</param>
    public static string Name(IssuerUrl issuer, string kind)
    {
        var url = issuer.Uri;
        if (url is { Scheme: "https", IsDefaultPort: true, AbsolutePath: "/" }) return Prefix + kind;

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{url.Scheme}:{url.Port}{url.AbsolutePath}"));
        return $"{Prefix}{kind}-{Convert.ToHexStringLower(digest, 0, 4)}";
    }
}
