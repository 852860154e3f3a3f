namespace KubeIdP.Data.People;

/// <summary>A user name that a directory has changed. Until its day it is nobody else's: what was granted to it must not fall to another person.</summary>
public sealed class FormerName
{
    public required string NormalizedUserName { get; init; }

    /// <summary>Who had it, and may have it again.</summary>
    public required string PersonId { get; init; }

    public required DateTimeOffset ReservedUntil { get; init; }
}
