namespace KubeIdP.Connectors;

/// <summary>What can be configured for an upstream of any kind. Each kind adds its own in a record that derives from this one.</summary>
public abstract record UpstreamOptions
{
    /// <summary>
    /// The kind of upstream. Required: it determines which other keys exist, and their defaults.
    /// </summary>
    public UpstreamKind Kind { get; init; }

    /// <summary>
    /// The domains that select this upstream when a person types one with the user name (<c>CORP\alice</c>, <c>alice@corp.example</c>),
    /// such as <c>CORP</c> and <c>corp.example</c>.
    /// </summary>
    public IReadOnlyList<string> Domains { get; init; } = [];
}
