using KubeIdP.Server.Clusters;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.TokenReview;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>
/// How soon an end is felt at a client that the session reached. Nothing is issued any more from the moment that the ending was answered; what was
/// issued before is beyond our reach, and for how long is a matter of the settings.
/// </summary>
/// <param name="Client">The name on the pages.</param>
internal abstract record EndingBound(string Client)
{
    /// <summary>An API server keeps a token that it has accepted for so long, whatever its expiry says and whoever said that it is good.</summary>
    public static readonly TimeSpan ApiServerCache = TimeSpan.FromSeconds(10);

    /// <summary>Its API servers check signatures by themselves.</summary>
    public sealed record Offline(string Client, TimeSpan IdTokenLifetime) : EndingBound(Client)
    {
        public TimeSpan RefusedWithin => IdTokenLifetime + ApiServerCache;
    }

    /// <summary>Its API servers have a credential to ask us about each token, and flags of ours that say how long they may go by an answer.</summary>
    public sealed record Reviewing(string Client) : EndingBound(Client)
    {
        public static TimeSpan RefusedWithin => RecentEndings.MaxAge + ClusterInstructions.WebhookCacheTtl + ApiServerCache;
    }

    /// <summary>No API server.</summary>
    public sealed record Web(string Client) : EndingBound(Client);

    public static IReadOnlyList<EndingBound> Of(IEnumerable<string> clientIds, ClientCatalog clients, TimeSpan idTokenLifetime) =>
        [.. clientIds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(id => Of(id, clients.Find(id), idTokenLifetime))];

    // One that is no longer configured was most likely a cluster: rather promise too little.
    private static EndingBound Of(string id, Client? client, TimeSpan idTokenLifetime) => client switch
    {
        null => new Offline(id, idTokenLifetime),
        { IsPublic: false } => new Web(client.Name),
        { Options.TokenReview.SecretHash: not null } => new Reviewing(client.Name),
        _ => new Offline(client.Name, idTokenLifetime),
    };
}
