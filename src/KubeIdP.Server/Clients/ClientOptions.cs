using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;

namespace KubeIdP.Server.Clients;

public sealed record ClientOptions
{
    /// <summary>What the client is.</summary>
    public ClientKind Kind { get; init; } = ClientKind.Cluster;

    /// <summary>The name that pages show. Default: the client id.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The addresses to which codes may be sent. They are compared character by character; only the port of an http loopback address may
    /// differ. For cluster and admin: http on localhost, 127.0.0.1 or [::1], with any path and query. For web: https, or http on these
    /// three hosts. Each is one full address of up to 1000 characters (RFC 3986), without wildcard, user name or fragment, and without a
    /// query parameter that has no name or that the response adds (code, state, iss, error, error_description). Default for cluster and
    /// admin: http://localhost:8000 and http://127.0.0.1:8000, where kubelogin listens, each with and without a slash at the end.
    /// </summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>The addresses to which a browser may return after logout, in the same form as <c>redirectUris</c>.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

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
    /// reports:read.
    /// </summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>For web: whether the person must consent at each login before the application receives their data.</summary>
    public bool Consent { get; init; }

    public ClientGroupOptions Groups { get; init; } = new();

    /// <summary>The algorithm that signs the client's ID tokens.</summary>
    public SigningAlgorithm SigningAlgorithm { get; init; } = SigningAlgorithm.RS256;

    public TokenReviewOptions TokenReview { get; init; } = new();
}
