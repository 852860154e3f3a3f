using System.Text.Json;

namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>What a discovery document says that API servers use.</summary>
internal sealed record IssuerDocument(string Issuer, string? JwksUri)
{
    /// <summary>Null if it is none.</summary>
    public static IssuerDocument? Read(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind is JsonValueKind.Object && Text(root, "issuer") is { } issuer
                ? new IssuerDocument(issuer, Text(root, "jwks_uri"))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
