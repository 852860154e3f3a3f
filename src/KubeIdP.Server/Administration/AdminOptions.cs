namespace KubeIdP.Server.Administration;

public sealed record AdminOptions
{
    /// <summary>
    /// Whose members administer this server, each as connector:group; local accounts are the connector "local". Named with the connector, or a
    /// directory's administrator could make themself ours by a group of the same name. Default: local:admins.
    /// </summary>
    public IReadOnlyList<string> Groups { get; init; } = ["local:admins"];

    /// <summary>
    /// Whose members see what administrators see and change nothing, each as connector:group. A member of an administrators' group is an administrator.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<string> AuditorGroups { get; init; } = [];
}
