using KubeIdP.Core.Clusters;

namespace KubeIdP.Cli.Api;

/// <summary>A cluster of the configuration.</summary>
/// <remarks>The commands print the same.</remarks>
/// <param name="Name">Also the client id and the audience of its tokens.</param>
/// <param name="Title">The name that pages show; the name if there is none.</param>
/// <param name="Server">The address of the API server for people's machines; null if none is configured.</param>
/// <param name="Kubernetes">Such as 1.34; null if none is configured.</param>
/// <param name="Namespace">The namespace that the kubeconfig begins with; null if none is configured.</param>
/// <param name="SigningAlgorithm">The algorithm that signs its ID tokens, as in a JWT (RFC 7518 §3.1).</param>
/// <param name="AccessGroups">Who may get tokens, as upstream:group; empty: everybody who can sign in.</param>
/// <param name="Plugin">The program that fetches tokens for kubectl.</param>
/// <param name="TokenReview">Whether the API server asks this server about each token.</param>
/// <param name="NamePrefix">What RBAC must write before each user name and group name; mostly nothing.</param>
/// <param name="IdTokenLifetimeSeconds">The lifetime of its ID tokens.</param>
/// <param name="RevocationBoundSeconds">How long its API servers may still accept a token after the session has ended.</param>
/// <param name="GroupBoundSeconds">How long a person may still have the rights of a group that they have left.</param>
internal sealed record ApiCluster(
    string Name, string Title, string? Description, IReadOnlyDictionary<string, string> Labels, string? Server, ClusterPlatform Platform,
    string? Kubernetes, string? Namespace, string SigningAlgorithm, IReadOnlyList<string> AccessGroups,
    ExecPlugin Plugin, bool TokenReview, string NamePrefix, long IdTokenLifetimeSeconds, long RevocationBoundSeconds,
    long GroupBoundSeconds);
