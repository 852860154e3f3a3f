namespace KubeIdP.Data.People;

/// <summary>
/// A former user name of a person whom a directory has renamed. Nobody else can have it until it expires, because rights that were granted
/// to the name must not pass to another person.
/// </summary>
public sealed class FormerName
{
    public required string NormalizedUserName { get; init; }

    /// <summary>The person who had it, and may have it again.</summary>
    public required string PersonId { get; init; }

    public required DateTimeOffset ReservedUntil { get; init; }
}
