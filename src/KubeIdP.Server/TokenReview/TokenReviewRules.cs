using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.TokenReview;

internal static class TokenReviewRules
{
    public static IEnumerable<SettingsFault> Check(IReadOnlyDictionary<string, ClientOptions> clients)
    {
        foreach (var (id, client) in clients.Where(client => client.Value.TokenReview.SecretHash is not null))
        {
            var (key, hash) = ($"clients.{id}.tokenReview.secretHash", client.TokenReview.SecretHash!);
            if (client.Kind is not ClientKind.Cluster)
                yield return new(key, "Only a cluster can have tokenReview.", "Remove it, or set kind: cluster.");
            else if (!ClientSecret.IsHash(hash))
                yield return new(key, "This is not the hash of a credential.",
                    "It is \"sha256:\" and 43 characters of base64url; the command \"clusters token-review\" prints it.");
            else if (clients.Count(other => other.Value.TokenReview.SecretHash == hash) > 1)
                yield return new(key, "Another cluster has the same credential, so the two could not be distinguished.",
                    $"Create one for each with the command \"clusters token-review {id}\".");
        }

        foreach (var (id, client) in clients)
        {
            if (client.TokenReview.ApiAudiences.Any(string.IsNullOrWhiteSpace))
                yield return new($"clients.{id}.tokenReview.apiAudiences", "An audience is empty.",
                    "Write the value of the API server's --api-audiences, or remove the key.");
        }
    }
}
