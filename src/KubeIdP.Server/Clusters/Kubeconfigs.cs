using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clusters;

/// <summary>Makes the kubeconfigs of configured clusters, for pages, API and commands alike. It asks no database.</summary>
internal sealed class Kubeconfigs(IssuerUrl issuer, ClientCatalog clients)
{
    /// <summary>The clusters in the order of their names as given; a name that is given twice counts once.</summary>
    /// <param name="names">Names of the configuration.</param>
    /// <param name="readIssuerAuthority">
    /// Returns the issuer's certificate authority; null if machines trust its certificate anyway. It is called only if there is a file to
    /// make, because it may create the authority.
    /// </param>
    public KubeconfigAnswer For(IEnumerable<string> names, Func<string?> readIssuerAuthority)
    {
        string[] wanted = [.. names.Distinct(StringComparer.Ordinal).Take(Kubeconfig.MaxClusters + 1)];
        if (wanted.Length is 0 or > Kubeconfig.MaxClusters) return new KubeconfigAnswer.WrongNumber();

        var entries = new List<KubeconfigEntry>();
        foreach (var name in wanted)
        {
            if (clients.FindCluster(name)?.Cluster is not { } cluster) return new KubeconfigAnswer.Unknown(name);
            if (cluster.Server is not { } server) return new KubeconfigAnswer.WithoutServer(name);

            var authority = cluster.CaFile is { } file ? ReadAuthority(file) : null;
            if (authority is null && cluster.CaFile is not null) return new KubeconfigAnswer.WithoutAuthority(name);

            entries.Add(new KubeconfigEntry(name, server, authority, cluster.Namespace, cluster.Plugin));
        }

        return new KubeconfigAnswer.Made(Kubeconfig.Of(issuer.Value, readIssuerAuthority(), entries));
    }

    /// <summary>
    /// Only the certificates of the file, because it may also contain a private key, and in one spelling, whatever its line ends. It is
    /// read each time: an authority that is replaced needs no restart.
    /// </summary>
    private static string? ReadAuthority(string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
            return certificates.Count == 0 ? null : certificates.ExportCertificatePems() + "\n";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }
        finally
        {
            foreach (var certificate in certificates) certificate.Dispose();
        }
    }
}
