using KubeIdP.Server.Keys;

namespace KubeIdP.Server.Clients;

/// <summary>What clusters and other clients have in common.</summary>
public abstract record RelyingPartyOptions
{
    /// <summary>
    /// The addresses to which codes may be sent. They are compared character by character; only the port of an http loopback address may
    /// differ. Each is one full address of up to 1000 characters (RFC 3986), without wildcard, user name or fragment, and without a query
    /// parameter that has no name or that the response adds (code, state, iss, error, error_description). For clusters, native and admin:
    /// http on localhost, 127.0.0.1 or [::1], with any path and query; default: http://localhost:8000 and http://127.0.0.1:8000, where
    /// kubelogin listens, each with and without a slash at the end. For native also https, and a scheme that is a domain name in reverse
    /// order, such as com.example.app:/callback (RFC 8252 §7.1). For web and spa: https, or http on these three hosts; for spa the origins
    /// of these addresses are those from which its pages may call this server.
    /// </summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>The addresses to which a browser may return after logout, in the same form as <c>redirectUris</c>.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Who may get tokens. Default: everybody who can sign in.</summary>
    public AccessOptions? Access { get; init; }

    public ClientGroupOptions Groups { get; init; } = new();

    /// <summary>The algorithm that signs its ID tokens.</summary>
    public SigningAlgorithm SigningAlgorithm { get; init; } = SigningAlgorithm.RS256;

    /// <summary>
    /// The lifetime of its ID tokens and access tokens, from 10 seconds to 15 minutes. Default: <c>tokens.idTokenLifetime</c>.
    /// </summary>
    public TimeSpan? IdTokenLifetime { get; init; }
}
