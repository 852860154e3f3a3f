namespace KubeIdP.Data.People;

/// <summary>A TOTP authenticator of a person.</summary>
public sealed class Factor
{
    public required string Id { get; init; }

    public required string PersonId { get; init; }

    public required string Name { get; set; }

    /// <summary>Encrypted with data protection, this row's id and person in the purpose: a copy in another row opens nothing.</summary>
    public required byte[] ProtectedSecret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
