using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>
/// kubeadm: the API server is a static pod whose manifest is on each control plane node, and which sees /etc/kubernetes/pki.
/// </summary>
internal static class KubeadmGuide
{
    private const string Folder = "/etc/kubernetes/pki";

    public static PlatformGuide Of(ClusterInstructions cluster)
    {
        var (files, flags) = GuideParts.InFolder(cluster, Folder, "On each control plane node");
        return new PlatformGuide(
            cluster.Capabilities.Name, [],
            [.. GuideParts.Notes(cluster), "Change one control plane node after the other: each API server restarts once."],
            [
                .. files,
                GuideStep.Add(
                    "On each control plane node, add to the command in /etc/kubernetes/manifests/kube-apiserver.yaml, in place of any "
                    + "other --oidc-, --authentication-config and --authentication-token-webhook- flags. The kubelet restarts the API "
                    + "server when the file is saved.",
                    GuideContent.Yaml, string.Join('\n', flags.Select(flag => $"- {flag}"))),
                GuideStep.Add(
                    "So that the next \"kubeadm upgrade\" keeps it, add to ClusterConfiguration in \"kubectl -n kube-system edit "
                    + "configmap kubeadm-config\".",
                    GuideContent.Yaml, $"apiServer:\n  extraArgs:\n{GuideParts.Indented(Arguments(cluster, flags), 2)}"),
                .. GuideParts.Checks(cluster),
            ]);
    }

    // kubeadm.k8s.io/v1beta4, which kubeadm writes since 1.31, has a list; v1beta3 has a map.
    private static string Arguments(ClusterInstructions cluster, IReadOnlyList<string> flags) =>
        cluster.KubernetesMinor is < 31 ? GuideParts.Indented(GuideParts.Map(flags), 2) : GuideParts.NamesAndValues(flags);
}
