namespace KubeIdP.Server.Clients;

/// <summary>Who may get tokens.</summary>
public sealed record AccessOptions
{
    /// <summary>
    /// The groups whose members may get tokens, each as upstream:group; local accounts are the upstream "local". It is checked at sign-in
    /// and at every refresh. One of the groups is enough. The names are those of this server: with the prefix of the upstream
    /// (<c>upstreams.NAME.groups.prefix</c>), before the cluster or client renames them. If <c>access</c> is set, the list must not be
    /// empty.
    /// </summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}
