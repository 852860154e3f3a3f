using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KubeIdP.Server.Clients;

/// <summary>
/// Secrets of web clients, and of API servers that review tokens, as the configuration holds them: <c>sha256:</c> and the digest in
/// base64url. A plain digest is sufficient, because the server generates the secrets (256 random bits), and it is fast enough for a client
/// that refreshes every minute.
/// </summary>
internal static class ClientSecret
{
    public const string Prefix = "sha256:";

    public static (string Secret, string Hash) Create()
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (secret, HashOf(secret));
    }

    public static bool Matches(string secret, string? hash) =>
        hash is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(secret)), Encoding.ASCII.GetBytes(hash));

    /// <summary>Whether a text has the form of a hash.</summary>
    public static bool IsHash(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length == Prefix.Length + 43
            && Base64Url.IsValid(text.AsSpan(Prefix.Length), out var bytes) && bytes == 32;

    public static string HashOf(string secret) => Prefix + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
