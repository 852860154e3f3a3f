namespace KubeIdP.Core.Clusters;

/// <summary>The programs that fetch tokens for kubectl.</summary>
public enum ExecPlugin
{
    /// <summary>kubelogin, the kubectl plugin <c>oidc-login</c>.</summary>
    Kubelogin,

    /// <summary>This project's own program for people's machines.</summary>
    Kubeidp,
}
