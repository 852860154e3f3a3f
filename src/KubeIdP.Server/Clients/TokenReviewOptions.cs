using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

/// <summary>How a cluster's API server asks us about each token, in place of checking its signature by itself.</summary>
public sealed record TokenReviewOptions
{
    /// <summary>
    /// The hash of the API server's credential, as <c>sha256:…</c>, made by the command <c>clusters token-review</c>. With it the cluster asks us about each
    /// token and so learns within seconds of a session that has ended; without it the API server checks tokens by itself.
    /// </summary>
    [Secret]
    public string? SecretHash { get; init; }

    /// <summary>
    /// What the API server calls itself (its <c>--api-audiences</c>, else its <c>--service-account-issuer</c>): it asks whether a token is meant for one of
    /// these. Default: https://kubernetes.default.svc.cluster.local and https://kubernetes.default.svc.
    /// </summary>
    public IReadOnlyList<string> ApiAudiences { get; init; } = ["https://kubernetes.default.svc.cluster.local", "https://kubernetes.default.svc"];
}
