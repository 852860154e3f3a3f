namespace KubeIdP.Cli.Api;

/// <summary>A cluster that the person may use.</summary>
/// <param name="Name">Also the audience of its tokens.</param>
/// <param name="Title">The name that pages show; the name if there is none.</param>
/// <param name="Server">The address of the API server; null if none is configured, and then there is no kubeconfig.</param>
/// <param name="Namespace">The namespace that the kubeconfig begins with; null if none is configured.</param>
/// <param name="Plugin">The program that fetches tokens for kubectl: kubelogin or kubeidp.</param>
/// <param name="TokenReview">Whether the API server asks the issuer about each token.</param>
/// <param name="NamePrefix">What RBAC must write before each user name and group name; mostly nothing.</param>
/// <param name="IdTokenLifetimeSeconds">The lifetime of its ID tokens.</param>
/// <param name="RevocationBoundSeconds">How long its API servers may still accept a token after the session has ended.</param>
/// <param name="GroupBoundSeconds">How long a person may still have the rights of a group that they have left.</param>
internal sealed record SelfCluster(
    string Name, string Title, string? Description, IReadOnlyDictionary<string, string> Labels, string? Server, string? Namespace,
    string Plugin, bool TokenReview, string NamePrefix, long IdTokenLifetimeSeconds, long RevocationBoundSeconds, long GroupBoundSeconds);
