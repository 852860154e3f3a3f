namespace KubeIdP.Data.Keys;

/// <summary>
/// A key that signs ID tokens. Its private key is wrapped by the master key, so the row alone can't be used to forge tokens.
/// </summary>
public sealed class SigningKey
{
    /// <summary>The JWS algorithm: RS256 or ES256.</summary>
    public required string Algorithm { get; init; }

    /// <summary>1 for the first key of an algorithm. Two replicas that both make the next one collide here, and one of them wins.</summary>
    public required int Sequence { get; init; }

    /// <summary>The RFC 7638 thumbprint, the <c>kid</c> of what it signs.</summary>
    public required string KeyId { get; init; }

    /// <summary>
    /// PKCS #8, wrapped by the master key with <see cref="KeyId"/> as associated data; empty once the key will never sign again.
    /// </summary>
    public required byte[] WrappedPrivateKey { get; init; }

    /// <summary>X.509 SubjectPublicKeyInfo, written when the private key is deleted; null before.</summary>
    public byte[]? PublicKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it takes over from the key before it; null: immediately.</summary>
    public DateTimeOffset? SignsFrom { get; init; }

    /// <summary>When it was retired manually, regardless of the schedule; null: it was not.</summary>
    public DateTimeOffset? RetiredAt { get; init; }
}
