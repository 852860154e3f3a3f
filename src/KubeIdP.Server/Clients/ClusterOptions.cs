using KubeIdP.Core.Clusters;

namespace KubeIdP.Server.Clients;

/// <summary>
/// A Kubernetes API server that people use with kubectl. It is a public client with loopback redirects, whose tokens hold all identity
/// claims, and which always gets a refresh token.
/// </summary>
public sealed record ClusterOptions : RelyingPartyOptions
{
    /// <summary>The name that pages show. Default: the name of the entry.</summary>
    public string? Title { get; init; }

    /// <summary>One sentence about the cluster, shown below its title.</summary>
    public string? Description { get; init; }

    /// <summary>Names and values by which people find the cluster, such as <c>region: eu-west</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The https address of the API server, or of the proxy in front of it, as people's machines reach it; with a path if it has one,
    /// such as https://rancher.example.com/k8s/clusters/c-1. Without it there is no kubeconfig, only the commands that add a user to one.
    /// </summary>
    public string? Server { get; init; }

    /// <summary>
    /// A file with the certificate authority (PEM) of the API server, which the kubeconfig contains. Default: people's machines trust the
    /// certificate already.
    /// </summary>
    public string? CaFile { get; init; }

    /// <summary>What the cluster runs on, which decides the instructions for its administrator.</summary>
    public ClusterPlatform Platform { get; init; } = ClusterPlatform.Other;

    /// <summary>
    /// The version of Kubernetes, such as <c>1.34</c>, which decides which files and flags its API server understands. Default: 1.34 or
    /// later.
    /// </summary>
    public string? Kubernetes { get; init; }

    /// <summary>The namespace that the kubeconfig begins with. Default: the one named default.</summary>
    public string? Namespace { get; init; }

    /// <summary>The program that fetches tokens for kubectl.</summary>
    public ExecPlugin Plugin { get; init; } = ExecPlugin.Kubelogin;

    /// <summary>
    /// Lets people sign in a machine without a browser with a device code (RFC 8628): everybody who may get tokens, or some groups.
    /// Default: off.
    /// </summary>
    public DeviceCodeAccessOptions? DeviceCode { get; init; }

    public TokenReviewOptions TokenReview { get; init; } = new();
}
