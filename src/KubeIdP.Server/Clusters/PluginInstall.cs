namespace KubeIdP.Server.Clusters;

/// <summary>A way to install kubelogin: the one list for the portal and for the hint in kubeconfigs.</summary>
/// <param name="For">The systems or the package manager.</param>
/// <param name="Command">The command of that system.</param>
internal sealed record PluginInstall(string For, string Command)
{
    public static IReadOnlyList<PluginInstall> OfKubelogin { get; } =
    [
        new("Linux, macOS", "brew install kubelogin"),
        new("Windows", "winget install --exact --id int128.kubelogin"),
        new("Windows", "choco install kubelogin"),
        new("Krew", "kubectl krew install oidc-login"),
    ];
}
