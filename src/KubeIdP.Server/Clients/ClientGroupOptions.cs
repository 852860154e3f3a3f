namespace KubeIdP.Server.Clients;

/// <summary>Which of a person's groups a client's tokens hold, and under which names.</summary>
public sealed record ClientGroupOptions
{
    /// <summary>
    /// Only groups that match one of these patterns, in which <c>*</c> stands for any text: <c>k8s-*</c>. Default: all groups.
    /// </summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Groups that match one of these patterns are left out, even if they are included by the key above.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Renames a group for this client: NAME is the name of the group, and the value is its name in the client's tokens.</summary>
    public IReadOnlyDictionary<string, string> Rename { get; init; } = new Dictionary<string, string>();

    /// <summary>A prefix for the names of all groups that are not renamed, such as <c>corp:</c>. Default: none.</summary>
    public string? Prefix { get; init; }
}
