using KubeIdP.Server.Clients;

namespace KubeIdP.Server.TokenReview;

/// <summary>
/// Whose API server a credential is. The configuration holds digests alone, and the credentials are ours (256 random bits): looked up by digest they tell
/// nothing by the time that it takes.
/// </summary>
internal sealed class ApiServerCredentials(ClientCatalog clients)
{
    private readonly Dictionary<string, Client> byHash = clients.All
        .Where(client => client.Options.TokenReview.SecretHash is not null)
        .ToDictionary(client => client.Options.TokenReview.SecretHash!, StringComparer.Ordinal);

    /// <summary>Whether any cluster asks at all.</summary>
    public bool Any => byHash.Count > 0;

    public Client? Find(string credential) => byHash.GetValueOrDefault(ClientSecret.HashOf(credential));
}
