namespace KubeIdP.Data.Keys;

/// <summary>
/// A key of the data-protection ring, which protects cookies, codes and refresh tokens; or a revocation of a key. Its secret is wrapped by
/// the master key.
/// </summary>
public sealed class DataProtectionKey
{
    public int Id { get; init; }

    public required string? FriendlyName { get; init; }

    /// <summary>As ASP.NET Core Data Protection writes it.</summary>
    public required string? Xml { get; init; }
}
