using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>
/// The instructions for each platform. A new platform is a value of <see cref="ClusterPlatform"/>, an entry in
/// <see cref="PlatformCapabilities"/>, a case here, and a file beside this one.
/// </summary>
internal static class PlatformGuides
{
    public static PlatformGuide For(ClusterInstructions cluster)
    {
        var guide = GuideOf(cluster);
        return new Uri(cluster.Issuer).IsLoopback ? guide with { Notes = [Loopback(cluster), .. guide.Notes] } : guide;
    }

    /// <summary>Not an obstacle: an API server may run beside this server, in the network of the same machine.</summary>
    private static string Loopback(ClusterInstructions cluster) =>
        $"The issuer is {cluster.Issuer}. Only an API server in the network of this very machine can reach it, and none in a container or "
        + "elsewhere. For those, set issuer to a name or address that the API server and the browsers can reach, before you go on.";

    private static PlatformGuide GuideOf(ClusterInstructions cluster) => cluster.Platform switch
    {
        ClusterPlatform.Kubeadm => KubeadmGuide.Of(cluster),
        ClusterPlatform.K3s => RancherGuide.K3s(cluster),
        ClusterPlatform.Rke2 => RancherGuide.Rke2(cluster),
        ClusterPlatform.Kind => KindGuide.Of(cluster),
        ClusterPlatform.Talos => TalosGuide.Of(cluster),
        ClusterPlatform.Eks => EksGuide.Of(cluster),
        ClusterPlatform.Aks => AksGuide.Of(cluster),
        ClusterPlatform.Openshift => OpenshiftGuide.Of(cluster),
        ClusterPlatform.Proxy => ProxyGuide.Of(cluster),
        ClusterPlatform.Other => OtherGuide.Of(cluster),
        _ => throw new ArgumentOutOfRangeException(nameof(cluster)),
    };
}
