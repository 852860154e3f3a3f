namespace KubeIdP.Server.Clients;

/// <summary>Who may get tokens.</summary>
public sealed record AccessOptions
{
    /// <summary>
    /// The groups whose members may get tokens, each as upstream:group; local accounts are the upstream "local". It is checked at sign-in
    /// and at every refresh. Members of one of them are enough; the names are those at the upstream, before renaming. Default: everybody
    /// who can sign in.
    /// </summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}
