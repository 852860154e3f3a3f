namespace KubeIdP.Server.Administration;

public sealed record AdminOptions
{
    /// <summary>
    /// The groups of the administrators of this server, each as upstream:group; local accounts are the upstream "local". The upstream is
    /// part of the name; otherwise the administrator of a directory could become an administrator here by a group of the same name.
    /// Default: local:admins.
    /// </summary>
    public IReadOnlyList<string> Groups { get; init; } = ["local:admins"];

    /// <summary>
    /// The groups of the auditors, who see everything that administrators see and can't change anything, each as upstream:group. A person
    /// who is also in an administrators' group is an administrator. Default: none.
    /// </summary>
    public IReadOnlyList<string> AuditorGroups { get; init; } = [];
}
