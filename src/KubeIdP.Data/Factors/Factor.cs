namespace KubeIdP.Data.Factors;

/// <summary>A factor that a person has set up.</summary>
public sealed class Factor
{
    public required string Id { get; init; }

    public required string PersonId { get; init; }

    /// <summary>The name of a <see cref="Core.Factors.FactorKind"/>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; set; }

    /// <summary>
    /// The data of the factor, in a format of its kind. Secrets in it are protected, with the id and person of this row in the purpose.
    /// </summary>
    public required byte[] State { get; init; }

    /// <summary>
    /// In a kind whose proofs are counted, the highest counter that was accepted: lower or equal counters are refused, so that each proof
    /// can be used only once. A TOTP factor counts in steps (RFC 6238 §5.2). 0 in other kinds.
    /// </summary>
    public long LastCounter { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
