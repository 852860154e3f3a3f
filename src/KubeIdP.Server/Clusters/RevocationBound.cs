using KubeIdP.Server.Clients;
using KubeIdP.Server.TokenReview;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.Clusters;

/// <summary>How soon a cluster refuses new requests of a session that has ended, or of somebody who has left its groups.</summary>
internal static class RevocationBound
{
    /// <summary>How long an API server caches a token that it has accepted, whatever its expiry and however it was verified.</summary>
    public static readonly TimeSpan ApiServerCache = TimeSpan.FromSeconds(10);

    /// <summary>At a cluster whose API servers call the token review.</summary>
    public static TimeSpan Reviewing => RecentEndings.MaxAge + ClusterInstructions.WebhookCacheTtl + ApiServerCache;

    /// <summary>After a session has ended.</summary>
    public static TimeSpan Of(Client cluster, TokenOptions tokens) =>
        cluster.Cluster!.TokenReview.SecretHash is not null ? Reviewing : Offline(tokens.LifetimeOf(cluster));

    /// <summary>At a cluster whose API servers verify signatures themselves.</summary>
    public static TimeSpan Offline(TimeSpan idTokenLifetime) => idTokenLifetime + ApiServerCache;
}
