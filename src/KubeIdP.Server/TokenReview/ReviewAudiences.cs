using KubeIdP.Server.Clients;

namespace KubeIdP.Server.TokenReview;

/// <summary>The audiences for which a token of a cluster is valid.</summary>
internal static class ReviewAudiences
{
    /// <summary>
    /// The requested audiences that belong to this cluster: its client id, which is in the token, and the audiences of its API server.
    /// Empty if none of them does. If none was requested, the client id.
    /// </summary>
    public static IReadOnlyList<string> Of(Client cluster, IReadOnlyList<string>? asked) => asked is null or []
        ? [cluster.Id]
        : [.. asked.Where(audience => audience == cluster.Id
        || cluster.Cluster!.TokenReview.ApiAudiences.Contains(audience, StringComparer.Ordinal)).Distinct()];
}
