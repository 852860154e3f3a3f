using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.TokenReview;

internal static class TokenReviewRules
{
    public static IEnumerable<SettingsFault> Check(IReadOnlyDictionary<string, ClusterOptions> clusters)
    {
        foreach (var (name, cluster) in clusters)
        {
            var (key, review) = ($"clusters.{name}.tokenReview", cluster.TokenReview);
            if (review.SecretHash is { } hash && !ClientSecret.IsHash(hash))
                yield return new($"{key}.secretHash", "This is not the hash of a credential.",
                    "It is \"sha256:\" and 43 characters of base64url; the command \"clusters token-review\" prints it.");
            else if (review.SecretHash is not null && clusters.Count(other => other.Value.TokenReview.SecretHash == review.SecretHash) > 1)
                yield return new($"{key}.secretHash", "Another cluster has the same credential, so the two could not be distinguished.",
                    $"Create one for each with the command \"clusters token-review {name}\".");

            if (review.ApiAudiences.Any(string.IsNullOrWhiteSpace))
                yield return new($"{key}.apiAudiences", "An audience is empty.",
                    "Write the value of the API server's --api-audiences, or remove the key.");
        }
    }
}
