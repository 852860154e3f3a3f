namespace KubeIdP.Data.People;

/// <summary>
/// The setup link, which creates the first administrator. A new link replaces it; once an administrator exists there is none.
/// </summary>
public sealed class SetupLink
{
    public const int OnlyId = 1;

    /// <summary>Always <see cref="OnlyId"/>, so that the primary key allows only one per database.</summary>
    public required int Id { get; init; }

    /// <summary>SHA-256 of the token in the link.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
