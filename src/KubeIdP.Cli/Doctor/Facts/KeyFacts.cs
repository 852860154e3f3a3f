using System.Text.Json;

namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>The keys that the issuer publishes.</summary>
/// <param name="Url">The <c>jwks_uri</c>.</param>
/// <param name="Fault">Why there are none; null if there are.</param>
/// <param name="KeyIds">Their <c>kid</c>.</param>
/// <param name="CacheControl">The header; null if it has none.</param>
internal sealed record KeyFacts(string Url, string? Fault, IReadOnlyList<string> KeyIds, string? CacheControl)
{
    /// <param name="answer">What was found there; null if nobody answered.</param>
    /// <param name="fault">Why nobody did.</param>
    public static KeyFacts Of(string url, HttpFacts? answer, string? fault)
    {
        if (answer is null) return new KeyFacts(url, fault, [], null);
        if (answer.Status is not 200) return new KeyFacts(url, $"It answered with status {answer.Status}.", [], null);

        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            if (document.RootElement.ValueKind is JsonValueKind.Object && document.RootElement.TryGetProperty("keys", out var keys)
                && keys.ValueKind is JsonValueKind.Array && keys.GetArrayLength() > 0)
            {
                return new KeyFacts(url, null,
                [
                    .. from key in keys.EnumerateArray()
                       where key.ValueKind is JsonValueKind.Object && key.TryGetProperty("kid", out var id)
                           && id.ValueKind is JsonValueKind.String
                       select key.GetProperty("kid").GetString()!,
                ], answer.CacheControl);
            }
        }
        catch (JsonException)
        {
            // The same as a document without keys.
        }

        return new KeyFacts(url, "The answer has no keys.", [], null);
    }
}
