using System.Text.Json;

namespace KubeIdP.Data.Storage;

/// <summary>Several texts in one column, or in one parameter: a JSON list.</summary>
internal static class TextList
{
    public static string Write(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts, JsonSerializerOptions.Default);

    public static IReadOnlyList<string> Read(string json) => JsonSerializer.Deserialize<List<string>>(json, JsonSerializerOptions.Default)!;
}
