using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>k3s and RKE2, which read the flags of the API server from their own configuration.</summary>
internal static class RancherGuide
{
    public static PlatformGuide K3s(ClusterInstructions cluster) => Of(cluster, "k3s", "k3s",
        ["k3s runs the API server within its own process, as root: a file that only root can read is enough."]);

    public static PlatformGuide Rke2(ClusterInstructions cluster) => Of(cluster, "rke2", "rke2-server",
        [
            // rancher/rke2, pkg/podtemplate/podtemplate.go, ReadFiles.
            "RKE2 runs the API server as a static pod, and mounts there each file that a flag names. It mounts the file and not its "
            + "folder: if you replace the file later in place of writing into it, as many editors do, restart rke2-server.",
        ]);

    private static PlatformGuide Of(ClusterInstructions cluster, string name, string service, IReadOnlyList<string> notes)
    {
        var folder = $"/etc/rancher/{name}";
        var (files, flags) = GuideParts.InFolder(cluster, folder, "On each server node");
        return new PlatformGuide(
            cluster.Capabilities.Name, [], [.. GuideParts.Notes(cluster), .. notes],
            [
                .. files,
                GuideStep.Write(
                    "On each server node, write this file. The plus sign adds to the arguments that other files there have; remove any "
                    + "other oidc-, authentication-config and authentication-token-webhook- arguments.",
                    $"{folder}/config.yaml.d/kubeidp.yaml", GuideContent.Yaml, $"kube-apiserver-arg+:\n{GuideParts.Items(flags)}"),
                GuideStep.Run("Restart one server node after the other, each when the one before is ready.",
                    $"sudo systemctl restart {service}"),
                .. GuideParts.Checks(cluster),
            ]);
    }
}
