namespace KubeIdP.Data.Keys;

/// <summary>A proof by which a service has shown who it is, kept until it would no longer be valid: it counts once (RFC 7523 §3).</summary>
public sealed class UsedAssertion
{
    public required string ClientId { get; init; }

    /// <summary>The <c>jti</c>, the client's own choice.</summary>
    public required string AssertionId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
