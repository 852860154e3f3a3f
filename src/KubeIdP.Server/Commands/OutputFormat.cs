using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeIdP.Server.Commands;

/// <summary>Text for people, or JSON for scripts.</summary>
internal static class OutputFormat
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Option<string> Option()
    {
        var option = new Option<string>("--output", "-o") { Description = "text, or json for scripts.", DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong("text", "json");
        return option;
    }

    public static Task WriteAsync(string? format, object value, string text) => WriteAsync(Console.Out, format, value, text);

    public static Task WriteAsync(TextWriter output, string? format, object value, string text) =>
        output.WriteLineAsync(format == "json" ? JsonSerializer.Serialize(value, Json) : text);
}
