using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>The token that kubectl would present. It is never shown.</summary>
internal sealed record TokenFacts
{
    /// <summary>Why there is none, and what to do; null if there is one.</summary>
    public string? Missing { get; init; }

    /// <summary>What the issuer said when it refused to give one; null if it did not.</summary>
    public string? Refusal { get; init; }

    /// <summary>The token itself; null if there is none.</summary>
    public string? Secret { get; init; }

    /// <summary>The file of the plugin that it comes from; null if it was issued just now.</summary>
    public string? File { get; init; }

    /// <summary>What it says; null if there is none.</summary>
    public TokenClaims? Claims { get; init; }

    /// <summary>Its key (<c>kid</c>).</summary>
    public string? KeyId { get; init; }

    /// <summary>When it was asked for; null if nobody knows.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>When it was there; null if nobody knows.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>In bytes.</summary>
    public int Size => Secret?.Length ?? 0;

    public static TokenFacts None(string missing) => new() { Missing = missing };

    /// <summary>Null if it is no JWT.</summary>
    public static TokenFacts? Of(
        string token, string? file = null, DateTimeOffset? askedAt = null, DateTimeOffset? receivedAt = null) =>
        TokenClaims.Read(token) is { } claims
            ? new TokenFacts
            {
                Secret = token, File = file, Claims = claims, KeyId = TokenClaims.KeyIdOf(token), AskedAt = askedAt,
                ReceivedAt = receivedAt,
            }
            : null;

    /// <summary>
    /// Whether the plugin would replace it. kubelogin goes by <c>exp</c> and this machine's clock; kubeidp has replaced it already.
    /// </summary>
    public bool IsExpired(DateTimeOffset now) => AskedAt is null && Claims?.ExpiresAt is { } end && end <= now;

    /// <summary>Keeps the token out of any text.</summary>
    public override string ToString() => Claims is null ? "no token" : $"a token of {Plain.Text(Claims.Issuer)}";
}
