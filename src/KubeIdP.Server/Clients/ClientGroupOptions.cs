namespace KubeIdP.Server.Clients;

/// <summary>Which of a person's groups a client's tokens hold, and under which names.</summary>
public sealed record ClientGroupOptions
{
    /// <summary>Only groups like one of these, in which <c>*</c> stands for anything: <c>k8s-*</c>. Default: all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>No groups like one of these, though they are included.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The name that a group has at this client in place of its own, by its own.</summary>
    public IReadOnlyDictionary<string, string> Rename { get; init; } = new Dictionary<string, string>();

    /// <summary>What is put before the names of all groups that are not renamed, such as <c>corp:</c>. Default: nothing.</summary>
    public string? Prefix { get; init; }
}
