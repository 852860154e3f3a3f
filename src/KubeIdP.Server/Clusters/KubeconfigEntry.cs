using KubeIdP.Core.Clusters;

namespace KubeIdP.Server.Clusters;

/// <summary>A cluster as a kubeconfig contains it.</summary>
/// <param name="ClientId">The name in the configuration: 1 to 63 ASCII letters, digits, dots, dashes and underscores.</param>
/// <param name="Server">The https address of its API server.</param>
/// <param name="AuthorityPem">The certificates (PEM) that verify it, and nothing else; null if machines trust its certificate.</param>
/// <param name="Namespace">The namespace of the context; null: kubectl's default.</param>
/// <param name="Plugin">The program that fetches its tokens.</param>
internal sealed record KubeconfigEntry(string ClientId, string Server, string? AuthorityPem, string? Namespace, ExecPlugin Plugin)
{
    /// <summary>The cluster, the user and the context: one of each per client id, so that several live side by side in one file.</summary>
    public string Name => NameOf(ClientId);

    /// <param name="clientId">The name in the configuration.</param>
    public static string NameOf(string clientId) => $"kubeidp-{clientId}";
}
