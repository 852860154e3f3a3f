using KubeIdP.Server.Clients;

namespace KubeIdP.Server.TokenReview;

/// <summary>For whom a token of a cluster is good.</summary>
internal static class ReviewAudiences
{
    /// <summary>
    /// Those of the asked that this cluster goes by: its client id, which is what the token says, and what its API server calls itself. Empty when it is
    /// meant for somebody else; with nobody asked for it is the client id.
    /// </summary>
    public static IReadOnlyList<string> Of(Client cluster, IReadOnlyList<string>? asked) => asked is null or []
        ? [cluster.Id]
        : [.. asked.Where(audience => audience == cluster.Id || cluster.Options.TokenReview.ApiAudiences.Contains(audience, StringComparer.Ordinal)).Distinct()];
}
