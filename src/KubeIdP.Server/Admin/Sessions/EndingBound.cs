using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>
/// How soon the end of a session takes effect at a client that it reached. When the request is answered, nothing more is issued; how long
/// earlier tokens are accepted depends on the client and its settings.
/// </summary>
/// <param name="Client">The display name.</param>
internal abstract record EndingBound(string Client)
{
    /// <summary>A cluster whose API servers verify signatures themselves.</summary>
    public sealed record Offline(string Client, TimeSpan IdTokenLifetime) : EndingBound(Client)
    {
        public TimeSpan RefusedWithin => RevocationBound.Without(IdTokenLifetime);
    }

    /// <summary>
    /// A cluster whose API servers call the token review, with the flags of this server for how long they cache its answers.
    /// </summary>
    public sealed record Reviewing(string Client) : EndingBound(Client)
    {
        public static TimeSpan RefusedWithin => RevocationBound.WithTokenReview;
    }

    /// <summary>An application, which may have sessions of its own.</summary>
    /// <param name="IsNotified">Whether it is notified of each of these ends (back-channel logout).</param>
    public sealed record Web(string Client, bool IsNotified) : EndingBound(Client);

    /// <summary>A client whose tokens are for the API of this server, which checks the session at each call.</summary>
    public sealed record OwnApi(string Client) : EndingBound(Client);

    /// <summary>A client that is no longer configured, or only as a kind at which nobody signs in.</summary>
    public sealed record Unknown(string Client, TimeSpan IdTokenLifetime) : EndingBound(Client)
    {
        /// <summary>How soon it takes effect if the client was a cluster.</summary>
        public TimeSpan RefusedWithin => RevocationBound.Without(IdTokenLifetime);
    }

    /// <summary>Whether the client is a cluster, or may be one.</summary>
    public bool IsCluster => this is Offline or Reviewing or Unknown;

    public static IReadOnlyList<EndingBound> Of(IEnumerable<ReachedClient> reached, ClientCatalog clients, TokenOptions tokens) =>
        [.. reached.Select(client => Of(client, clients.Find(client.ClientId), tokens))];

    private static EndingBound Of(ReachedClient reached, Client? client, TokenOptions tokens) => client switch
    {
        { Application: { Kind: ClientKind.Web } web } => new Web(client.Name, reached.IsNotified && web.BackChannelLogoutUri is not null),
        { Kind: ClientKind.Spa or ClientKind.Native } => new Web(client.Name, IsNotified: false),
        { Kind: ClientKind.Admin } => new OwnApi(client.Name),
        { Cluster.TokenReview.SecretHash: not null } => new Reviewing(client.Name),
        { Cluster: not null } => new Offline(client.Name, tokens.LifetimeOf(client)),
        _ => new Unknown(client?.Name ?? reached.ClientId, tokens.IdTokenLifetime),
    };
}
