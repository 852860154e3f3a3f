namespace KubeIdP.Server.Administration;

public sealed record AdminOptions
{
    /// <summary>
    /// The groups of the administrators of this server, each as connector:group; local accounts are the connector "local". The connector is
    /// part of the name; otherwise the administrator of a directory could become an administrator here by a group of the same name.
    /// Default: local:admins.
    /// </summary>
    public IReadOnlyList<string> Groups { get; init; } = ["local:admins"];

    /// <summary>
    /// The groups of the auditors, who see everything that administrators see and can't change anything, each as connector:group. A person
    /// who is also in an administrators' group is an administrator. Default: none.
    /// </summary>
    public IReadOnlyList<string> AuditorGroups { get; init; } = [];
}
