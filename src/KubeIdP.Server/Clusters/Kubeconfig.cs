using System.Text;
using KubeIdP.Core.Clusters;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// The kubeconfig of one or several clusters as text. It contains no secret and nothing about a person, and the same clusters give the same
/// bytes on every replica and in every year, so that a team can keep it in its wiki.
/// </summary>
internal static class Kubeconfig
{
    /// <summary>RFC 9512.</summary>
    public const string MediaType = "application/yaml";

    /// <summary>How many clusters one file may have: with names of full length their addresses still fit into a request line.</summary>
    public const int MaxClusters = 100;

    /// <summary>The file; its current context is that of the first cluster.</summary>
    /// <param name="issuer">The issuer URL, byte for byte.</param>
    /// <param name="issuerAuthorityPem">The issuer's certificate authority; null if machines trust its certificate anyway.</param>
    /// <param name="clusters">At least one, each once.</param>
    public static string Of(string issuer, string? issuerAuthorityPem, IReadOnlyList<KubeconfigEntry> clusters)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: Config\nclusters:\n");
        foreach (var cluster in clusters) AppendCluster(text, cluster);
        text.Append("users:\n");
        foreach (var cluster in clusters) AppendUser(text, issuer, issuerAuthorityPem, cluster);
        text.Append("contexts:\n");
        foreach (var cluster in clusters) AppendContext(text, cluster);
        return text.Append("current-context: ").Append(ClusterInstructions.Quoted(clusters[0].Name)).Append('\n').ToString();
    }

    private static void AppendCluster(StringBuilder text, KubeconfigEntry cluster)
    {
        text.Append("- name: ").Append(ClusterInstructions.Quoted(cluster.Name)).Append("\n  cluster:\n");
        text.Append("    server: ").Append(ClusterInstructions.Quoted(cluster.Server)).Append('\n');
        if (cluster.AuthorityPem is { } pem) text.Append("    certificate-authority-data: ").Append(DataOf(pem)).Append('\n');
    }

    private static void AppendUser(StringBuilder text, string issuer, string? issuerAuthorityPem, KubeconfigEntry cluster)
    {
        var authority = issuerAuthorityPem is { } pem ? ExecCommand.AuthorityData(pem) : null;
        var (command, args) = ExecCommand.Of(cluster.Plugin, issuer, cluster.ClientId, authority);
        text.Append("- name: ").Append(ClusterInstructions.Quoted(cluster.Name)).Append("\n  user:\n    exec:\n");
        text.Append("      apiVersion: client.authentication.k8s.io/v1\n      command: ").Append(ClusterInstructions.Quoted(command))
            .Append("\n      args:\n");
        foreach (var arg in args) text.Append("      - ").Append(ClusterInstructions.Quoted(arg)).Append('\n');

        // The plugin may ask in a terminal and works without one; it needs nothing of the cluster's entry.
        text.Append("      interactiveMode: IfAvailable\n      provideClusterInfo: false\n      installHint: |\n");
        foreach (var line in HintOf(cluster, issuer)) text.Append("        ").Append(line).Append('\n');
    }

    private static void AppendContext(StringBuilder text, KubeconfigEntry cluster)
    {
        var name = ClusterInstructions.Quoted(cluster.Name);
        text.Append("- name: ").Append(name).Append("\n  context:\n    cluster: ").Append(name).Append("\n    user: ").Append(name);
        if (cluster.Namespace is { } space) text.Append("\n    namespace: ").Append(ClusterInstructions.Quoted(space));
        text.Append('\n');
    }

    /// <summary>What kubectl and the client libraries print when the command is not there.</summary>
    private static IReadOnlyList<string> HintOf(KubeconfigEntry cluster, string issuer) => cluster.Plugin switch
    {
        ExecPlugin.Kubelogin =>
        [
            "To sign in, kubectl needs the plugin kubelogin (kubectl-oidc_login), version 1.32 or later. Install it once:",
            .. PluginInstall.OfKubelogin.Select(way => $"  {$"{way.For}:",-14} {way.Command}"),
            "  other ways:    save the program from https://github.com/int128/kubelogin/releases",
            "                 as kubectl-oidc_login (Windows: kubectl-oidc_login.exe) in a folder of your PATH",
            $"Then repeat the command. More about this cluster: {issuer.TrimEnd('/')}/clusters/{cluster.ClientId}",
        ],
        ExecPlugin.Kubeidp =>
        [
            "To sign in, kubectl needs the program kubeidp in a folder of your PATH.",
            $"How to get it, and more about this cluster: {issuer.TrimEnd('/')}/clusters/{cluster.ClientId}",
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(cluster)),
    };

    /// <summary>Certificates as the value of <c>certificate-authority-data</c>.</summary>
    public static string DataOf(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
}
