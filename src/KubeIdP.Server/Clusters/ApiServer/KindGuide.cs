using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>kind: a new cluster whose node mounts the file from this machine, with kubeadm inside.</summary>
internal static class KindGuide
{
    private const string Folder = "/etc/kubernetes/pki";

    public static PlatformGuide Of(ClusterInstructions cluster)
    {
        // In the folder where kind is started, under the same name as in the node.
        var (files, flags) = GuideParts.InFolder(cluster, ".", "In a folder of this machine");
        var local = files.Select(file => file with { File = file.File![2..] }).ToList();
        var inNode = flags.Select(flag => flag.Replace("=./", $"={Folder}/", StringComparison.Ordinal)).ToList();
        return new PlatformGuide(
            cluster.Capabilities.Name, [],
            [
                .. GuideParts.Notes(cluster),
                "The issuer needs an address that the node can reach: this machine's address in kind's network (\"docker network inspect "
                + "kind\", often 172.18.0.1), never localhost.",
                "kind mounts the file and not its folder: write later changes into the file. If you replace it, as many editors do, the "
                + "node keeps the old one.",
            ],
            [
                .. local,
                GuideStep.Write("In the same folder, write this file.", "kind.yaml", GuideContent.Yaml, $$"""
                    kind: Cluster
                    apiVersion: kind.x-k8s.io/v1alpha4
                    nodes:
                    - role: control-plane{{Mounts(local)}}
                      kubeadmConfigPatches:
                      - |
                        kind: ClusterConfiguration
                        apiServer:
                          extraArgs:
                    {{GuideParts.Indented(GuideParts.Map(inNode), 8)}}
                    """),
                GuideStep.Run("In the same folder, make the cluster. An existing one can't be given the mount.",
                    $"kind create cluster --name {NameOf(cluster)} --config kind.yaml"),
                .. GuideParts.Checks(cluster),
            ]);
    }

    private static string Mounts(List<GuideStep> files) => files.Count == 0 ? "" : "\n  extraMounts:"
        + string.Concat(files.Select(file =>
            $"\n  - hostPath: ./{file.File}\n    containerPath: {Folder}/{file.File}\n    readOnly: true"));

    /// <summary>kind accepts no capital letters and underscores, which names of clusters may have.</summary>
    private static string NameOf(ClusterInstructions cluster) => cluster.ClientId.Replace('_', '-').ToLowerInvariant();
}
