using System.Buffers.Text;
using System.Text.Json;

namespace KubeIdP.Cli.Network;

/// <summary>
/// What an ID token says. It comes straight from the issuer's token endpoint over TLS, which stands in for its signature (OpenID Connect
/// Core §3.1.3.7, 6); the API server checks that as well.
/// </summary>
/// <param name="Subject">Empty if it has none.</param>
/// <param name="Audiences">Those whom it is for.</param>
/// <param name="Lifetime">From its <c>iat</c> to its <c>exp</c>, both by the server's clock; null if it does not say.</param>
internal sealed record IdToken(
    string Issuer, string Subject, IReadOnlyList<string> Audiences, string? Nonce, string? Username, string? Name, string? Email,
    TimeSpan? Lifetime)
{
    /// <summary>Null if it is no JWT with an object.</summary>
    public static IdToken? Read(string token)
    {
        if (token.Split('.') is not [_, var payload, _] || !Base64Url.IsValid(payload)) return null;

        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            var claims = document.RootElement;
            return claims.ValueKind is not JsonValueKind.Object ? null : new IdToken(
                Text(claims, "iss") ?? "", Text(claims, "sub") ?? "", Audience(claims), Text(claims, "nonce"),
                Text(claims, "preferred_username"), Text(claims, "name"), Text(claims, "email"),
                Number(claims, "exp") - Number(claims, "iat") is { } seconds and > 0 ? StatedTime.Of(seconds) : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null if it is from this issuer for this client; else why it can't be used.</summary>
    public static string? FaultOf(IdToken? token, string issuer, string clientId) => token switch
    {
        null => $"{issuer} answered without an ID token.",
        _ when token.Issuer != issuer => $"The ID token is from {Plain.Text(token.Issuer)}, not from {issuer}.",
        _ when !token.Audiences.Contains(clientId, StringComparer.Ordinal) =>
            $"The ID token from {issuer} is not for {clientId}.",
        _ => null,
    };

    private static List<string> Audience(JsonElement claims) => !claims.TryGetProperty("aud", out var audience) ? []
        : audience.ValueKind is JsonValueKind.String ? [audience.GetString()!]
        : audience.ValueKind is JsonValueKind.Array
            ? [.. from one in audience.EnumerateArray() where one.ValueKind is JsonValueKind.String select one.GetString()!]
        : [];

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim) && claim.ValueKind is JsonValueKind.String ? claim.GetString() : null;

    private static double? Number(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim) && claim.ValueKind is JsonValueKind.Number ? claim.GetDouble() : null;
}
