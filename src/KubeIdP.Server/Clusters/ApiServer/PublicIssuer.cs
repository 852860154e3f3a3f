using System.Net;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>Whether a cloud's control plane can reach this issuer, as far as its address and its certificate authority tell.</summary>
internal static class PublicIssuer
{
    // RFC 6761, RFC 6762, RFC 8375, and what ICANN has reserved for private use.
    private static readonly string[] PrivateDomains =
        ["localhost", "local", "test", "example", "invalid", "internal", "home.arpa", "lan", "corp", "home"];

    /// <summary>The host is not one that the Internet can reach.</summary>
    public static IEnumerable<GuideObstacle> AddressObstacles(ClusterInstructions cluster, string platform)
    {
        var host = new Uri(cluster.Issuer).IdnHost;
        if (IsPublic(host)) yield break;

        yield return new($"{platform} must reach the issuer over the Internet, and {host} is a name or address of an internal network.",
            "Set issuer to a public name, and publish at least its /.well-known/openid-configuration and /.well-known/jwks there.");
    }

    /// <summary>The certificate is from this server's own authority, which nobody in the cloud trusts.</summary>
    public static IEnumerable<GuideObstacle> AuthorityObstacles(ClusterInstructions cluster, string platform)
    {
        if (cluster.AuthorityPem is null) yield break;

        yield return new(
            $"{platform} has no setting for a certificate authority, and this issuer's certificate is from its own certificate authority.",
            "Set tls.certificateFile and tls.keyFile to a certificate of a public authority, or put a proxy with such a certificate in "
            + "front.");
    }

    private static bool IsPublic(string host)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return PublicAddresses.Contain(address);

        var name = host.TrimEnd('.');
        return name.Contains('.', StringComparison.Ordinal) && !PrivateDomains.Any(domain =>
            name.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase) || name.Equals(domain, StringComparison.OrdinalIgnoreCase));
    }
}
