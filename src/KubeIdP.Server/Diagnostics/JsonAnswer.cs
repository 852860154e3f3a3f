using System.Text.Json;

namespace KubeIdP.Server.Diagnostics;

/// <summary>Reads what answers at an address where anybody may listen.</summary>
internal static class JsonAnswer
{
    /// <summary>A text of a JSON object; null if there is none, or if it is no JSON object.</summary>
    public static string? MemberOf(string text, string name)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var member)
                && member.ValueKind is JsonValueKind.String ? member.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
