using KubeIdP.Server.Clients;
using KubeIdP.Server.Freshness;
using KubeIdP.Server.TokenReview;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.Clusters;

/// <summary>How long the API servers of a cluster may still accept a token after its session has ended.</summary>
internal static class RevocationBound
{
    /// <summary>How long an API server caches a token that it has accepted, whatever its expiry and however it was verified.</summary>
    public static readonly TimeSpan ApiServerCache = TimeSpan.FromSeconds(10);

    /// <summary>
    /// With token review, with the flags that this server prints for how long an API server caches its answers.
    /// </summary>
    public static TimeSpan WithTokenReview => RecentEndings.MaxAge + ClusterInstructions.WebhookCacheTtl + ApiServerCache;

    /// <summary>Where API servers verify tokens themselves.</summary>
    public static TimeSpan Without(TimeSpan idTokenLifetime) => idTokenLifetime + ApiServerCache;

    /// <summary>
    /// After somebody has left a group at a directory: it is asked once a minute, and the last token with the group is accepted until it
    /// expires. Token review does not ask about groups.
    /// </summary>
    public static TimeSpan OfGroups(Client cluster, TokenOptions tokens) =>
        Without(tokens.LifetimeOf(cluster)) + FreshnessRules.MaxAge;

    /// <param name="cluster">A client that is a cluster.</param>
    /// <param name="tokens">For its lifetime, if it has none of its own.</param>
    public static TimeSpan Of(Client cluster, TokenOptions tokens) =>
        cluster.Cluster!.TokenReview.SecretHash is null ? Without(tokens.LifetimeOf(cluster)) : WithTokenReview;
}
