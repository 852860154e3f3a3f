using KubeIdP.Cli.Api;

namespace KubeIdP.Cli.Administration;

/// <summary>
/// The clusters of the configuration, and what their API servers and kubectl need: from the configuration itself, or through the API of a
/// running server. An unknown cluster, and what a cluster does not have, is a <see cref="CommandFault"/>.
/// </summary>
internal interface IClusters
{
    /// <summary>In the order of the configuration.</summary>
    Task<IReadOnlyList<ApiCluster>> ListAsync(CancellationToken ct);

    Task<ApiClusterInstructions> InstructionsAsync(string name, CancellationToken ct);

    /// <summary>The flags for kube-apiserver, one on each line.</summary>
    Task<string> FlagsAsync(string name, CancellationToken ct);

    /// <param name="name">Of the cluster.</param>
    /// <param name="version">One of <see cref="ApiRoot.AuthenticationConfigVersions"/>; null: by the version of the cluster.</param>
    /// <param name="ct">Cancels it.</param>
    Task<string> AuthenticationConfigAsync(string name, string? version, CancellationToken ct);

    /// <summary>One kubeconfig for all of them; the context of the first one is the current one. Ends with a line break.</summary>
    Task<string> KubeconfigAsync(IReadOnlyList<string> names, CancellationToken ct);
}
