using KubeIdP.Core.Clusters;

namespace KubeIdP.Server.Clients;

/// <summary>
/// What a platform is called, and how a cluster on it can be told about this issuer: the only table of that. Whatever an entry does not
/// name, the platform does not accept, and the configuration refuses it.
/// </summary>
/// <param name="Name">The name that people know it by.</param>
internal sealed record PlatformCapabilities(string Name)
{
    /// <summary>Whether it accepts an AuthenticationConfiguration as a file.</summary>
    public bool ConfigurationFile { get; private init; }

    /// <summary>Whether it accepts flags of kube-apiserver.</summary>
    public bool Flags { get; private init; }

    /// <summary>Whether its API server can ask a webhook about tokens.</summary>
    public bool TokenReview { get; private init; }

    /// <summary>Whether it accepts signatures of other algorithms than RS256.</summary>
    public bool OtherAlgorithms { get; private init; }

    /// <summary>Whether not the API server is told about this issuer, but a proxy in front of it.</summary>
    public bool IsProxy { get; private init; }

    /// <summary>What it demands before each user name and group name of this issuer; mostly nothing.</summary>
    public string NamePrefix { get; private init; } = "";

    /// <summary>
    /// Whether the API server itself reads the AuthenticationConfiguration, so that its version must be one that the API server accepts,
    /// and its metrics show whether it was read.
    /// </summary>
    public bool ApiServerReadsFile => ConfigurationFile && !IsProxy;

    public static PlatformCapabilities Of(ClusterPlatform platform) => platform switch
    {
        ClusterPlatform.Kubeadm => StartedWithFlags("kubeadm"),
        ClusterPlatform.K3s => StartedWithFlags("k3s"),
        ClusterPlatform.Rke2 => StartedWithFlags("RKE2"),
        ClusterPlatform.Kind => StartedWithFlags("kind"),
        ClusterPlatform.Talos => StartedWithFlags("Talos Linux"),

        // Amazon EKS User Guide, "Grant users access to Kubernetes with an external OIDC provider".
        ClusterPlatform.Eks => new("Amazon EKS"),

        // learn.microsoft.com, "Use external identity providers with AKS structured authentication".
        ClusterPlatform.Aks => new("Azure AKS") { OtherAlgorithms = true, NamePrefix = "aks:jwt:" },
        ClusterPlatform.Openshift => new("OpenShift") { TokenReview = true },
        ClusterPlatform.Proxy => StartedWithFlags("a proxy in front of the API server") with { IsProxy = true },
        ClusterPlatform.Other => StartedWithFlags("any API server that is started with flags"),
        _ => throw new ArgumentOutOfRangeException(nameof(platform)),
    };

    /// <summary>kube-apiserver itself, or a proxy that takes its flags.</summary>
    private static PlatformCapabilities StartedWithFlags(string name) =>
        new(name) { ConfigurationFile = true, Flags = true, TokenReview = true, OtherAlgorithms = true };
}
