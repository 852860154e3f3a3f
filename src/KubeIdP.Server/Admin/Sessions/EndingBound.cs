using KubeIdP.Server.Issuer;

namespace KubeIdP.Server.Admin.Sessions;

/// <summary>How long an API server that validates tokens offline may go on after the end of a session.</summary>
internal sealed record OfflineBound(TimeSpan IdTokenLifetime)
{
    /// <summary>An API server keeps a token that it has accepted for so long, whatever its expiry says.</summary>
    public static readonly TimeSpan ApiServerCache = TimeSpan.FromSeconds(10);

    public TimeSpan RefusedWithin => IdTokenLifetime + ApiServerCache;
}

/// <summary>
/// How soon an end is felt at a client that the session reached. Nothing is issued any more from the moment that the ending was answered; what was
/// issued before is beyond our reach, and for how long is a matter of the settings.
/// </summary>
/// <param name="Client">The name on the pages.</param>
/// <param name="Offline">Null for a client that is no API server.</param>
internal sealed record EndingBound(string Client, OfflineBound? Offline)
{
    public static IReadOnlyList<EndingBound> Of(IEnumerable<string> clientIds, ClientCatalog clients, TimeSpan idTokenLifetime) =>
        [.. clientIds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(id => Of(id, clients.Find(id), idTokenLifetime))];

    // One that is no longer configured was most likely a cluster: rather promise too little.
    private static EndingBound Of(string id, Client? client, TimeSpan idTokenLifetime) =>
        new(client?.Name ?? id, client is { IsPublic: false } ? null : new OfflineBound(idTokenLifetime));
}
