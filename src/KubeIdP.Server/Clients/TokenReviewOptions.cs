using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

/// <summary>How a cluster's API server asks this server about each token, instead of checking its signature itself.</summary>
public sealed record TokenReviewOptions
{
    /// <summary>
    /// The hash of the API server's credential, as <c>sha256:…</c>; the command <c>clusters token-review</c> creates it. If it is set, the
    /// API server asks this server about each token, and so learns within seconds that a session has ended. Otherwise the API server checks
    /// tokens on its own.
    /// </summary>
    [Secret]
    public string? SecretHash { get; init; }

    /// <summary>
    /// The audiences of the API server (its <c>--api-audiences</c>, or otherwise its <c>--service-account-issuer</c>). The API server asks
    /// whether a token is valid for one of these. Default: https://kubernetes.default.svc.cluster.local and https://kubernetes.default.svc.
    /// </summary>
    public IReadOnlyList<string> ApiAudiences { get; init; } = ["https://kubernetes.default.svc.cluster.local",
        "https://kubernetes.default.svc"];
}
