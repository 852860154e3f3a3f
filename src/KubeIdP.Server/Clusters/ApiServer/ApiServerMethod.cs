namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>How an API server that is started with flags is told about this issuer. Each replaces the others.</summary>
internal enum ApiServerMethod
{
    /// <summary>By a file with an AuthenticationConfiguration (Kubernetes 1.30 and later), which is reloaded when it changes.</summary>
    ConfigurationFile,

    /// <summary>By the flags that begin with <c>--oidc-</c>, for versions before 1.30.</summary>
    Flags,

    /// <summary>By a webhook: it asks this server about each token.</summary>
    TokenReview,
}
