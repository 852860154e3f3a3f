using System.Buffers.Text;
using System.Text.Json;

namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>What an ID token says, as an API server reads it.</summary>
/// <param name="Username"><c>preferred_username</c>; null if it has none.</param>
/// <param name="Groups">Empty also if it has no such claim.</param>
internal sealed record TokenClaims(
    string Issuer, string Subject, IReadOnlyList<string> Audiences, string? Username, string? Email, IReadOnlyList<string> Groups,
    DateTimeOffset? IssuedAt, DateTimeOffset? ExpiresAt)
{
    public TimeSpan? Lifetime => ExpiresAt - IssuedAt;

    /// <summary>Null if it is no JWT.</summary>
    public static TokenClaims? Read(string token)
    {
        using var document = Part(token, 1);
        return document?.RootElement is not { } claims ? null : new TokenClaims(
            Text(claims, "iss") ?? "", Text(claims, "sub") ?? "", Texts(claims, "aud"), Text(claims, "preferred_username"),
            Text(claims, "email"), Texts(claims, "groups"), Time(claims, "iat"), Time(claims, "exp"));
    }

    /// <summary>The <c>kid</c> of its header; null if it has none.</summary>
    public static string? KeyIdOf(string token)
    {
        using var document = Part(token, 0);
        return document is null ? null : Text(document.RootElement, "kid");
    }

    private static JsonDocument? Part(string token, int index)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || !Base64Url.IsValid(parts[index])) return null;

        try
        {
            var document = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[index]));
            if (document.RootElement.ValueKind is JsonValueKind.Object) return document;

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static List<string> Texts(JsonElement element, string name) => !element.TryGetProperty(name, out var value) ? []
        : value.ValueKind is JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind is JsonValueKind.Array
            ? [.. from one in value.EnumerateArray() where one.ValueKind is JsonValueKind.String select one.GetString()!]
        : [];

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var seconds)
            && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;
}
