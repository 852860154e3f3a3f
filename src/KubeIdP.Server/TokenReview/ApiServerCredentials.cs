using KubeIdP.Server.Clients;

namespace KubeIdP.Server.TokenReview;

/// <summary>
/// Finds the cluster of an API server's credential. The configuration contains only digests, and the credentials are generated (256 random
/// bits), so a look-up by digest leaks nothing through its duration.
/// </summary>
internal sealed class ApiServerCredentials(ClientCatalog clients)
{
    private readonly Dictionary<string, Client> byHash = clients.Clusters
        .Where(cluster => cluster.Cluster!.TokenReview.SecretHash is not null)
        .ToDictionary(cluster => cluster.Cluster!.TokenReview.SecretHash!, StringComparer.Ordinal);

    /// <summary>Whether any cluster uses token reviews.</summary>
    public bool Any => byHash.Count > 0;

    public Client? Find(string credential) => byHash.GetValueOrDefault(ClientSecret.HashOf(credential));
}
