using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;

namespace KubeIdP.Server.Clients;

/// <summary>What a relying party is to us.</summary>
public enum ClientKind
{
    /// <summary>A Kubernetes API server with kubectl before it: public, loopback redirects, all identity claims and always a refresh token.</summary>
    Cluster,

    /// <summary>A web application that keeps a secret.</summary>
    Web,

    /// <summary>
    /// A program on the machine of an administrator or auditor of this server, who uses its API by it: public, loopback redirects. It may what its person may.
    /// </summary>
    Admin,

    /// <summary>A program that uses this server's API by itself: no people, no redirects, a key of its own (<c>private_key_jwt</c>).</summary>
    Service,
}


public sealed record ClientOptions
{
    /// <summary>What the client is.</summary>
    public ClientKind Kind { get; init; } = ClientKind.Cluster;

    /// <summary>The name on the pages; the client id when absent.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Where codes may go, compared character by character; only the port of an http loopback address is free. For cluster and admin: http on localhost, 127.0.0.1
    /// or [::1], with whatever path and query. For web: https, or http on these three. Each is one full address of up to 1000 characters (RFC 3986), without wildcard,
    /// user name, fragment, a query parameter without a name, or one that the answer brings (code, state, iss, error, error_description). Default for cluster and admin: http://localhost:8000 and http://127.0.0.1:8000, as kubelogin
    /// listens, each with and without a slash at its end.
    /// </summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Where a browser may return to after signing out: addresses of the same form as <c>redirectUris</c>.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>
    /// For web: where the application is told that a session has ended, whoever ended it (OpenID Connect Back-Channel Logout 1.0), so that it ends its own. An
    /// https URL; one inside your networks must be allowed by <c>backChannelLogout.networks</c>. Counts for sessions that begin after it was set.
    /// </summary>
    public string? BackChannelLogoutUri { get; init; }

    /// <summary>For web: the secret as <c>sha256:…</c>, made by the command <c>clients secret</c>.</summary>
    [Secret]
    public string? SecretHash { get; init; }

    /// <summary>
    /// For service: the file with its public keys (PEM, RSA or P-256), by which it proves who it is. Read each time, so keys can be replaced without a restart.
    /// </summary>
    public string? KeysFile { get; init; }

    /// <summary>For service: what it may do through the API: sessions:read, sessions:end, people:read, people:write, audit:read, reports:read.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>For web: at each sign-in the person is asked whether the application may have their data.</summary>
    public bool Consent { get; init; }

    public ClientGroupOptions Groups { get; init; } = new();

    /// <summary>How the client's ID tokens are signed.</summary>
    public SigningAlgorithm SigningAlgorithm { get; init; } = SigningAlgorithm.RS256;

    public TokenReviewOptions TokenReview { get; init; } = new();
}
