using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>What the instructions of several platforms have in common.</summary>
internal static class GuideParts
{
    /// <summary>The file names, the same on every platform.</summary>
    public const string ConfigurationFile = "authentication.yaml";

    public const string AuthorityFile = "kubeidp-ca.crt";

    public const string WebhookFile = "kubeidp-token-review.yaml";

    /// <summary>
    /// What an API server reads from a folder of the control plane, and the flags that name it there, by the cluster's way of being told.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="folder">The folder as the API server sees it, without a slash at the end.</param>
    /// <param name="where">The beginning of the sentences, such as "On each control plane node".</param>
    public static (IReadOnlyList<GuideStep> Files, IReadOnlyList<string> Flags) InFolder(
        ClusterInstructions cluster, string folder, string where) => cluster.Method switch
        {
            ApiServerMethod.ConfigurationFile => (
                [GuideStep.Write($"{where}, write this file.{AuthorityInside(cluster)}", $"{folder}/{ConfigurationFile}",
                    GuideContent.Yaml, cluster.AuthenticationConfiguration(cluster.ApiVersion!))],
                [$"--authentication-config={folder}/{ConfigurationFile}"]),
            ApiServerMethod.Flags => (
                cluster.AuthorityPem is null ? [] : [Authority(cluster, $"{where}, write", $"{folder}/{AuthorityFile}")],
                FlagsOf(cluster, folder)),
            ApiServerMethod.TokenReview => ([Webhook(cluster, where, $"{folder}/{WebhookFile}")], FlagsOf(cluster, folder)),
            _ => throw new ArgumentOutOfRangeException(nameof(cluster)),
        };

    public static IReadOnlyList<string> FlagsOf(ClusterInstructions cluster, string folder) =>
        cluster.ApiServerFlags($"{folder}/{AuthorityFile}", $"{folder}/{WebhookFile}").Split('\n');

    /// <param name="cluster">The cluster.</param>
    /// <param name="doing">The beginning of the sentence, such as "Write".</param>
    /// <param name="file">Its name or path.</param>
    public static GuideStep Authority(ClusterInstructions cluster, string doing, string file) => GuideStep.Write(
        $"{doing} the certificate authority of this issuer (also at {cluster.Issuer.TrimEnd('/')}/ca.crt).", file, GuideContent.Pem,
        cluster.AuthorityPem!.TrimEnd());

    /// <summary>The webhook's kubeconfig, which only the command writes in full.</summary>
    public static GuideStep Webhook(ClusterInstructions cluster, string where, string file) => GuideStep.Write(
        $"{where}, put the file that \"clusters token-review {cluster.ClientId}\" has written, readable only by the API server. Here it "
        + "is without the credential: an API server that has it in this form is refused.", file, GuideContent.Yaml,
        cluster.WebhookKubeconfigWithoutCredential());

    /// <summary>What must be known on each platform that is told by file, flags or webhook.</summary>
    public static IReadOnlyList<string> Notes(ClusterInstructions cluster) =>
    [
        cluster.Method switch
        {
            ApiServerMethod.ConfigurationFile when cluster.KubernetesMinor is { } minor =>
                $"For Kubernetes 1.{minor} (clusters.{cluster.ClientId}.kubernetes): {Describe(cluster.ApiVersion!)}.",
            ApiServerMethod.ConfigurationFile =>
                $"For Kubernetes 1.34 and later, because clusters.{cluster.ClientId}.kubernetes is not set. Versions 1.30 to 1.33 refuse "
                + "this file: set the key.",
            ApiServerMethod.Flags =>
                $"For Kubernetes 1.{cluster.KubernetesMinor} (clusters.{cluster.ClientId}.kubernetes): flags, because the "
                + "AuthenticationConfiguration begins with 1.30. They can't refuse names and groups that begin with system:.",
            ApiServerMethod.TokenReview =>
                "By token review, so remove all --oidc- flags and --authentication-config: with them, the API server would accept tokens "
                + "that the review refuses.",
            _ => throw new ArgumentOutOfRangeException(nameof(cluster)),
        },
        .. cluster is { AuthorityPem: null, Method: not ApiServerMethod.TokenReview }
            ? (string[])["The API server must trust the certificate of this issuer. If an authority of your company has signed it and the "
            + "API server's machine does not trust that one, add its certificate: "
                + (cluster.Method is ApiServerMethod.Flags ? "--oidc-ca-file." : "certificateAuthority, below url.")]
            : [],
    ];

    /// <summary>How to see that it works.</summary>
    public static IEnumerable<GuideStep> Checks(ClusterInstructions cluster)
    {
        if (cluster.Method is ApiServerMethod.ConfigurationFile && cluster.Capabilities.ApiServerReadsFile)
            yield return GuideStep.Run(
                "An API server that has started has read the file. When you change the file later, the API server reads it within a "
                + "minute. See it as an administrator of the cluster: the counter of status=\"success\" rises, or that of "
                + "status=\"failure\" if the file has an error, and then the earlier one stays in force. Before the first change this "
                + "prints nothing.",
                "kubectl get --raw /metrics | grep apiserver_authentication_config_controller_automatic_reloads_total");
        yield return WhoAmI(cluster);
    }

    public static GuideStep WhoAmI(ClusterInstructions cluster) => GuideStep.Run(
        "With a kubeconfig of this cluster from KubeIdP, see who you are there: your user name and your groups"
        + (cluster.NamePrefix == "" ? "." : $", each with {cluster.NamePrefix} before it.")
        + $" \"error: You must be logged in to the server\" means that the {(cluster.Capabilities.IsProxy ? "proxy" : "API server")} "
        + "refuses the token; its log names the reason.",
        "kubectl auth whoami");

    /// <summary>As lines of YAML below a key, each indented.</summary>
    public static string Indented(string text, int columns) =>
        string.Join('\n', text.Split('\n').Select(line => line == "" ? line : new string(' ', columns) + line));

    /// <summary>Flags as the items of a YAML list of <c>name=value</c>.</summary>
    public static string Items(IEnumerable<string> flags) =>
        string.Join('\n', flags.Select(flag => $"- {ClusterInstructions.Quoted(flag[2..])}"));

    /// <summary>Flags as a YAML map of name and value.</summary>
    public static string Map(IEnumerable<string> flags) =>
        string.Join('\n', flags.Select(flag => flag[2..].Split('=', 2)).Select(pair => $"{pair[0]}: "
        + $"{ClusterInstructions.Quoted(pair[1])}"));

    /// <summary>Flags as a YAML list of objects with <c>name</c> and <c>value</c>.</summary>
    public static string NamesAndValues(IEnumerable<string> flags) =>
        string.Join('\n', flags.Select(flag => flag[2..].Split('=', 2))
            .Select(pair => $"- name: {pair[0]}\n  value: {ClusterInstructions.Quoted(pair[1])}"));

    private static string AuthorityInside(ClusterInstructions cluster) => cluster.AuthorityPem is null
        ? ""
        : " It contains the certificate authority of this issuer, so nothing else needs to be copied.";

    private static string Describe(string apiVersion) => $"an AuthenticationConfiguration of version {apiVersion}";
}
