using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

/// <summary>A relying party that is no cluster.</summary>
public sealed record ClientOptions : RelyingPartyOptions
{
    /// <summary>What the client is.</summary>
    public ClientKind Kind { get; init; }

    /// <summary>The name that pages show. Default: the client id.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// For web: the address at which the application is notified that a session has ended, for whatever reason (OpenID Connect Back-Channel
    /// Logout 1.0), so that it can end its own. An https URL; an internal address must be allowed by <c>backChannelLogout.networks</c>. It
    /// applies to sessions that begin after it was set.
    /// </summary>
    public string? BackChannelLogoutUri { get; init; }

    /// <summary>For web: the hash of the client secret, as <c>sha256:…</c>; the command <c>clients secret</c> creates it.</summary>
    [Secret]
    public string? SecretHash { get; init; }

    /// <summary>
    /// For service: a file with the public keys (PEM, RSA or P-256) with which the service authenticates. It is read for each request, so
    /// keys can be replaced without a restart.
    /// </summary>
    public string? KeysFile { get; init; }

    /// <summary>
    /// For service: the scopes that it may use at the API: sessions:read, sessions:end, people:read, people:write, audit:read,
    /// reports:read, clusters:read. May be empty for a service that is a resource server of another client.
    /// </summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>
    /// For web, spa and native: the clients of kind web or service that accept this client's access tokens and ask about them at
    /// <c>/connect/introspect</c> (RFC 7662). Nobody else gets an answer about these tokens, except the client itself if it is of kind web.
    /// </summary>
    public IReadOnlyList<string> ResourceServers { get; init; } = [];

    /// <summary>For web and spa: whether the person must consent at each login before the application receives their data.</summary>
    public bool Consent { get; init; }
}
