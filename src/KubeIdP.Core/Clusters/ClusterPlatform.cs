namespace KubeIdP.Core.Clusters;

/// <summary>What a cluster runs on.</summary>
public enum ClusterPlatform
{
    /// <summary>An API server that can be started with flags, in a way that is not in this list.</summary>
    Other,

    /// <summary>API servers as static pods, as kubeadm sets them up.</summary>
    Kubeadm,

    /// <summary>k3s.</summary>
    K3s,

    /// <summary>RKE2.</summary>
    Rke2,

    /// <summary>kind: a cluster in containers, for tests.</summary>
    Kind,

    /// <summary>Talos Linux.</summary>
    Talos,

    /// <summary>Amazon EKS.</summary>
    Eks,

    /// <summary>Azure AKS.</summary>
    Aks,

    /// <summary>Red Hat OpenShift.</summary>
    Openshift,

    /// <summary>
    /// A cluster whose API server takes no issuer, such as GKE or DOKS: a proxy in front of it checks the tokens and impersonates people.
    /// </summary>
    Proxy,
}
