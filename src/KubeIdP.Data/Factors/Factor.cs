namespace KubeIdP.Data.Factors;

/// <summary>A factor that a person has set up.</summary>
public sealed class Factor
{
    public required string Id { get; init; }

    public required string PersonId { get; init; }

    /// <summary>The name of a <see cref="Core.Factors.FactorKind"/>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; set; }

    /// <summary>What its kind keeps of it, in the kind's own form. What is secret in it is protected, with this row's id and person in the purpose.</summary>
    public required byte[] State { get; init; }

    /// <summary>
    /// The highest counter that was accepted; nothing is accepted at it or below, so that each proof is good once. A TOTP factor counts in steps (RFC 6238 §5.2).
    /// </summary>
    public long LastCounter { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
