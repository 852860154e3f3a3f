namespace KubeIdP.Server.Clusters;

/// <summary>The kubeconfig of named clusters, or why there is none.</summary>
internal abstract record KubeconfigAnswer
{
    private KubeconfigAnswer() { }

    public sealed record Made(string Text) : KubeconfigAnswer;

    /// <summary>No name was given, or more than <see cref="Kubeconfig.MaxClusters"/>.</summary>
    public sealed record WrongNumber : KubeconfigAnswer;

    public sealed record Unknown(string Name) : KubeconfigAnswer;

    /// <summary>The configuration does not say where its API server is.</summary>
    public sealed record WithoutServer(string Name) : KubeconfigAnswer
    {
        public string Advice =>
            $"The cluster \"{Name}\" has no kubeconfig, because the configuration does not say where its API server is. An administrator "
            + $"sets clusters.{Name}.server to the https address of the API server, and clusters.{Name}.caFile if people's machines do not "
            + "trust its certificate.";
    }

    /// <summary>The file with the certificates of its API server can't be read any more, or contains none.</summary>
    public sealed record WithoutAuthority(string Name) : KubeconfigAnswer
    {
        public string Advice =>
            $"The kubeconfig of \"{Name}\" can't be made, because the file of clusters.{Name}.caFile can't be read or contains no "
            + "certificate. An administrator restores it.";
    }
}
