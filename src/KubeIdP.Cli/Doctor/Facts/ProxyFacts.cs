namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>The proxy variables that are set, and what follows from them.</summary>
/// <param name="Variables">Names and values, without passwords.</param>
/// <param name="IgnoredByKubectl">Of these, the names that change this program's way and not kubectl's.</param>
internal sealed record ProxyFacts(IReadOnlyList<(string Name, string Value)> Variables, IReadOnlyList<string> IgnoredByKubectl);

/// <summary>The way to one host through a proxy.</summary>
/// <param name="Source">The variable, or the kubeconfig.</param>
internal sealed record ProxyRoute(Uri Proxy, string Source)
{
    /// <summary>Why it takes no connection; null if it does.</summary>
    public string? Fault { get; init; }
}
