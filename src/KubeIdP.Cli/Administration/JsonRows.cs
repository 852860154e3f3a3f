using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace KubeIdP.Cli.Administration;

/// <summary>Records of the API as a JSON document that a command prints.</summary>
internal static class JsonRows
{
    public static JsonArray Of<T>(IEnumerable<T> rows, JsonTypeInfo<T> type) =>
        new([.. rows.Select(row => JsonSerializer.SerializeToNode(row, type))]);

    public static JsonNode? Of<T>(T row, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(row, type);
}
