namespace KubeIdP.Data.Keys;

/// <summary>
/// A client assertion that a service has used, stored until it would no longer be valid, so that it can be used only once (RFC 7523 §3).
/// </summary>
public sealed class UsedAssertion
{
    public required string ClientId { get; init; }

    /// <summary>The <c>jti</c>, the client's own choice.</summary>
    public required string AssertionId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
