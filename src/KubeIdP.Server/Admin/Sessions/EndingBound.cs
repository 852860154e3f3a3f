using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
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

    /// <summary>A web application with sessions of its own.</summary>
    /// <param name="IsTold">Whether it hears of each of these ends.</param>
    public sealed record Web(string Client, bool IsTold) : EndingBound(Client);

    /// <summary>Its tokens are for our own API, which looks at the session at each call.</summary>
    public sealed record OwnApi(string Client) : EndingBound(Client);

    /// <summary>It is configured no longer, or as something at which nobody signs in.</summary>
    public sealed record Unknown(string Client, TimeSpan IdTokenLifetime) : EndingBound(Client)
    {
        /// <summary>If it was a cluster.</summary>
        public TimeSpan RefusedWithin => IdTokenLifetime + ApiServerCache;
    }

    /// <summary>Whether it is about API servers, or may be.</summary>
    public bool IsCluster => this is Offline or Reviewing or Unknown;

    public static IReadOnlyList<EndingBound> Of(IEnumerable<ReachedClient> reached, ClientCatalog clients, TimeSpan idTokenLifetime) =>
        [.. reached.Select(client => Of(client, clients.Find(client.ClientId), idTokenLifetime))];

    private static EndingBound Of(ReachedClient reached, Client? client, TimeSpan idTokenLifetime) => client switch
    {
        { Options.Kind: ClientKind.Web } => new Web(client.Name, reached.IsTold && client.Options.BackChannelLogoutUri is not null),
        { Options.Kind: ClientKind.Admin } => new OwnApi(client.Name),
        { Options.TokenReview.SecretHash: not null } => new Reviewing(client.Name),
        { Options.Kind: ClientKind.Cluster } => new Offline(client.Name, idTokenLifetime),
        _ => new Unknown(client?.Name ?? reached.ClientId, idTokenLifetime),
    };
}
