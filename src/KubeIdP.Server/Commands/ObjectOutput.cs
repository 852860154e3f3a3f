using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Server.Commands;

/// <summary>Prints any record in the format that a command was asked for; see <see cref="OutputFormat"/>.</summary>
internal static class ObjectOutput
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <param name="format">As it was asked for.</param>
    /// <param name="value">The whole result.</param>
    /// <param name="names">What a script passes to the next command.</param>
    /// <param name="text">For people.</param>
    public static Task WriteAsync(string? format, object value, IEnumerable<string> names, string text) =>
        OutputFormat.WriteAsync(format, NodeOf(value), names, text);

    /// <inheritdoc cref="WriteAsync(string?, object, IEnumerable{string}, string)"/>
    public static Task WriteAsync(string? format, object value, IEnumerable<string> names, Func<int?, string> text) =>
        OutputFormat.WriteAsync(format, NodeOf(value), names, text);

    /// <inheritdoc cref="WriteAsync(string?, object, IEnumerable{string}, string)"/>
    public static Task WriteAsync(TextWriter output, string? format, object value, IEnumerable<string> names, string text) =>
        OutputFormat.WriteAsync(output, format, NodeOf(value), names, _ => text);

    private static JsonNode? NodeOf(object value) => JsonSerializer.SerializeToNode(value, Json);
}
