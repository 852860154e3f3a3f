namespace KubeIdP.Cli.Doctor.Kubeconfigs;

/// <summary>What this program reads of one kubeconfig. Of a name that it has twice, the first counts, as in client-go.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="CurrentContext">Null if it names none.</param>
internal sealed record KubeconfigContent(
    string Path, IReadOnlyList<KubeCluster> Clusters, IReadOnlyList<KubeUser> Users, IReadOnlyList<KubeContext> Contexts,
    string? CurrentContext);

/// <summary>How kubectl reaches an API server.</summary>
/// <param name="AuthorityFile">Absolute; null if it names none.</param>
/// <param name="AuthorityData">Base64 of PEM, and it wins over the file; null if it has none.</param>
/// <param name="SkipsTls">Whether kubectl does not check the certificate.</param>
/// <param name="TlsName">The name that the certificate must have; null for that of the address.</param>
/// <param name="Proxy">Its own proxy, which wins over the environment; null for none.</param>
internal sealed record KubeCluster(
    string Name, string? Server, string? AuthorityFile, string? AuthorityData, bool SkipsTls, string? TlsName, string? Proxy);

/// <summary>How kubectl signs in.</summary>
/// <param name="Exec">Null if it does so without a credential plugin.</param>
internal sealed record KubeUser(string Name, ExecEntry? Exec);

/// <summary>A credential plugin.</summary>
/// <param name="Command">A name, or a path that is absolute.</param>
/// <param name="Environment">Variables of the plugin alone.</param>
internal sealed record ExecEntry(string Command, string[] Args, IReadOnlyDictionary<string, string> Environment);

/// <summary>A cluster with a user.</summary>
internal sealed record KubeContext(string Name, string Cluster, string User);
