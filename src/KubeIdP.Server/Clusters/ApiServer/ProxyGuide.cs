using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>
/// A cluster whose API server takes no issuer: a proxy in front of it verifies the tokens and calls the API server with Impersonate-User
/// and Impersonate-Group. Such proxies take the settings of kube-apiserver under its names.
/// </summary>
internal static class ProxyGuide
{
    private const string Folder = "/etc/kubeidp";

    public static PlatformGuide Of(ClusterInstructions cluster)
    {
        var (files, flags) = GuideParts.InFolder(cluster, Folder, "On the proxy");
        return new PlatformGuide(
            cluster.Capabilities.Name, [],
            [
                .. GuideParts.Notes(cluster),
                "This is for API servers that take no issuer, such as those of GKE and DOKS. Google has deprecated Identity Service for "
                + "GKE (July 2026), and newer versions of GKE don't have it.",
                "If everybody already has a Google identity, GKE with Google's IAM or Workforce Identity Federation is the better choice: "
                + "nothing stands between kubectl and the API server.",
                "The proxy's own account needs the verb impersonate on users, groups and uids and nothing else. It must remove all "
                + "Impersonate- headers that come from outside, and refuse system: users and groups.",
                $"The kubeconfig names the proxy: clusters.{cluster.ClientId}.server is its address, and caFile its certificate authority.",
            ],
            [
                .. files,
                GuideStep.Add(
                    "Give the proxy these settings; the names are those of kube-apiserver's flags, which many proxies use too.",
                    GuideContent.Text, string.Join('\n', flags)),
                .. cluster.Method is ApiServerMethod.ConfigurationFile
                    ? (GuideStep[])[GuideStep.Add("A proxy that takes no AuthenticationConfiguration gets these settings in its place"
                        + (cluster.AuthorityPem is null ? "." : ", with the certificate authority in the file that they name: "
                            + $"{cluster.Issuer.TrimEnd('/')}/ca.crt."),
                        GuideContent.Text, cluster.ApiServerFlags($"{Folder}/{GuideParts.AuthorityFile}"))]
                    : [],
                GuideParts.WhoAmI(cluster),
            ]);
    }
}
