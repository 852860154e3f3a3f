using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Terminal;

/// <summary>How a command prints its result: as text for people, or for scripts.</summary>
internal static class OutputFormat
{
    public const string Csv = "csv";

    private const string Table = "table";
    private const string Json = "json";
    private const string Yaml = "yaml";
    private const string Name = "name";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="more">Formats that only this command has.</param>
    public static Option<string> Option(params IReadOnlyList<string> more)
    {
        string[] formats = [Table, Json, Yaml, Name, .. more];
        var option = new Option<string>("--output", "-o")
        {
            Description = "The format: table for people; json, yaml, or name (one name on each line) for scripts"
                + (more.Contains(Csv) ? "; csv for spreadsheets." : "."),
            HelpName = string.Join('|', formats),
            DefaultValueFactory = _ => Table,
        };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }

    /// <summary>Whether the format is for people.</summary>
    public static bool IsTable(string? format) => format is null or Table;

    /// <summary>Prints to standard output.</summary>
    public static Task WriteAsync(string? format, JsonNode? json, IEnumerable<string> names, Func<int?, string> text) =>
        WriteAsync(Console.Out, format, json, names, text);

    /// <summary>Prints to standard output a text that has the same width everywhere.</summary>
    public static Task WriteAsync(string? format, JsonNode? json, IEnumerable<string> names, string text) =>
        WriteAsync(Console.Out, format, json, names, _ => text);

    /// <param name="output">Where to.</param>
    /// <param name="format">One of <see cref="Option"/>.</param>
    /// <param name="json">The whole result, which YAML has too.</param>
    /// <param name="names">What a script passes to the next command: one identifier for each part of the result.</param>
    /// <param name="text">For people, given the width of their terminal; null if it is not read at a terminal.</param>
    public static Task WriteAsync(TextWriter output, string? format, JsonNode? json, IEnumerable<string> names, Func<int?, string> text) =>
        format switch
        {
            Json => output.WriteLineAsync(json?.ToJsonString(Indented) ?? "null"),
            Yaml => output.WriteAsync(YamlText.Of(json)),
            Name => WriteNamesAsync(output, names),
            _ => output.WriteLineAsync(text(WidthOf(output))),
        };

    /// <summary>The width of the terminal to which a writer writes, in columns; null if it writes to anything else.</summary>
    private static int? WidthOf(TextWriter output)
    {
        if (!ReferenceEquals(output, Console.Out) || Console.IsOutputRedirected) return null;

        try
        {
            return Console.WindowWidth is > 0 and var width ? width : null;
        }
        catch (Exception fault) when (fault is IOException or PlatformNotSupportedException)
        {
            // It does not say.
            return null;
        }
    }

    private static async Task WriteNamesAsync(TextWriter output, IEnumerable<string> names)
    {
        foreach (var name in names) await output.WriteLineAsync(OutsideText.Show(name));
    }
}
