namespace KubeIdP.Cli.Kubeconfigs;

/// <summary>What becomes of a kubeconfig into which clusters are merged.</summary>
internal abstract record MergedKubeconfig
{
    private MergedKubeconfig() { }

    /// <summary>The file already has all of it.</summary>
    public sealed record Unchanged(string CurrentContext) : MergedKubeconfig;

    public sealed record Changed(string Text, string CurrentContext) : MergedKubeconfig;

    /// <summary>The text is not a kubeconfig that can be changed without losing something of it.</summary>
    /// <param name="Reason">Completes "FILE is not a kubeconfig: ".</param>
    public sealed record Refused(string Reason) : MergedKubeconfig;
}
