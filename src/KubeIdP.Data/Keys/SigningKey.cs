namespace KubeIdP.Data.Keys;

/// <summary>A key that signs ID tokens. Its private part is wrapped by the master key; the row alone forges nothing.</summary>
public sealed class SigningKey
{
    /// <summary>The JWS algorithm: RS256 or ES256.</summary>
    public required string Algorithm { get; init; }

    /// <summary>1 for the first key of an algorithm. Two replicas that both make the next one collide here, and one of them wins.</summary>
    public required int Sequence { get; init; }

    /// <summary>The RFC 7638 thumbprint, the <c>kid</c> of what it signs.</summary>
    public required string KeyId { get; init; }

    /// <summary>PKCS #8, wrapped by the master key with <see cref="KeyId"/> as associated data; empty once nothing is signed with it ever again.</summary>
    public required byte[] WrappedPrivateKey { get; init; }

    /// <summary>X.509 SubjectPublicKeyInfo, written when the private part is taken away; null before.</summary>
    public byte[]? PublicKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it takes over from the one before it; null: as soon as it was there.</summary>
    public DateTimeOffset? SignsFrom { get; init; }

    /// <summary>When somebody took it out of use, whatever the schedule says; null: nobody did.</summary>
    public DateTimeOffset? RetiredAt { get; init; }
}
