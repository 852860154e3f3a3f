using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Extracts the lines that a program wrote from a collected log: as Docker stores it (<c>json-file</c>), as container runtimes do (the CRI
/// format), with the times or names that <c>kubectl logs</c> and <c>docker compose logs</c> put before a line, or in a field of an object.
/// A line in none of these formats is returned unchanged. Use one instance per file, because Docker and the runtimes split long lines.
/// </summary>
internal sealed partial class WrappedLines
{
    private readonly Dictionary<string, StringBuilder> pieces = new(StringComparer.Ordinal);

    /// <summary>Whether the last part of an audit line is missing.</summary>
    public bool IsCutOff =>
        pieces.Values.Any(begun => begun.ToString().StartsWith($$"""{"log":"{{AuditLine.Name}}""", StringComparison.Ordinal));

    /// <summary>The line that the program wrote; null until its last part has been read.</summary>
    public string? Unwrap(string line)
    {
        if (line.StartsWith('{')) return UnwrapJson(line);
        if (Runtime().Match(line) is { Success: true } record)
            return Join(record.Groups["stream"].Value, record.Groups["text"].Value, isWhole: record.Groups["tag"].Value == "F");
        return Prefix().Match(line) is { Success: true } prefix ? line[prefix.Length..] : line;
    }

    private string? UnwrapJson(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;

            // Docker's: "log" contains the text with its line end, which all parts but the last lack.
            if (Text(root, "log") is { } log && Text(root, "stream") is { } stream && root.TryGetProperty("time", out _))
                return Join(stream, log.TrimEnd('\n'), isWhole: log.EndsWith('\n'));

            // A field that begins like an audit line, as text or as an object. A text that only contains one may come from anybody, such as
            // a name that was typed at a login.
            foreach (var field in root.EnumerateObject())
            {
                if (field.Value.ValueKind == JsonValueKind.String
                    && field.Value.GetString()!.StartsWith($$"""{"log":"{{AuditLine.Name}}""", StringComparison.Ordinal))
                    return field.Value.GetString()!.TrimEnd('\n');
                if (field.Value.ValueKind == JsonValueKind.Object
                    && Text(field.Value, "log")?.StartsWith(AuditLine.Name, StringComparison.Ordinal) == true)
                    return field.Value.GetRawText();
            }
        }
        catch (JsonException)
        {
            // The line is returned unchanged; the caller decides whether it should have been an audit line.
        }

        return line;
    }

    private string? Join(string stream, string text, bool isWhole)
    {
        if (isWhole) return pieces.Remove(stream, out var before) ? before.Append(text).ToString() : text;

        if (!pieces.TryGetValue(stream, out var begun)) pieces[stream] = begun = new StringBuilder();
        begun.Append(text);
        return null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>
    /// https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md: time, stream, P for a piece or F for
    /// the end of a line, text.
    /// </summary>
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\S+ (?<stream>stdout|stderr) (?<tag>[PF])\S* (?<text>.*)$")]
    private static partial Regex Runtime();

    /// <summary><c>[pod/NAME/CONTAINER] </c>, <c>SERVICE-1  | </c>, a time.</summary>
    [GeneratedRegex(@"^(?:\[pod/\S+\] |[\w.-]+ +\| |\d{4}-\d\d-\d\dT\S+ )+(?=\{)")]
    private static partial Regex Prefix();
}
