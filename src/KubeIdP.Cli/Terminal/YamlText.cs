using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Cli.Terminal;

/// <summary>A JSON document as YAML. Texts that YAML would read as something else (<c>no</c>, <c>1.34</c>, a time) are in quotes.</summary>
internal static class YamlText
{
    /// <summary>Ends with a line break.</summary>
    public static string Of(JsonNode? json)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(writer, EmitterSettings.Default.WithBestWidth(int.MaxValue).WithNewLine("\n"));

        // The library would give an anchor to each text that occurs twice.
        new YamlStream(new YamlDocument(NodeOf(Plain(json)))).Save(emitter, assignAnchors: false);
        var text = writer.ToString();

        // The mark of the document's end, which no other program writes.
        return text.EndsWith("\n...\n", StringComparison.Ordinal) ? text[..^"...\n".Length] : text;
    }

    /// <summary>With the values of JSON alone: a document that code has made may hold others, such as times.</summary>
    private static JsonNode? Plain(JsonNode? json) => json is null ? null : JsonNode.Parse(json.ToJsonString());

    private static YamlNode NodeOf(JsonNode? json) => json switch
    {
        JsonObject members => new YamlMappingNode(members.Select(member =>
            KeyValuePair.Create<YamlNode, YamlNode>(TextNode(member.Key), NodeOf(member.Value)))),
        JsonArray items => new YamlSequenceNode(items.Select(NodeOf)),
        null => new YamlScalarNode("null") { Style = ScalarStyle.Plain },
        _ when json.GetValueKind() is JsonValueKind.String => TextNode(json.GetValue<string>()),
        _ => new YamlScalarNode(json.ToJsonString()) { Style = ScalarStyle.Plain },
    };

    private static YamlScalarNode TextNode(string text) => new(text)
    {
        Style = IsPlain(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted,
    };

    /// <summary>
    /// Whether every parser of YAML, of 1.1 as of 1.2, reads these characters as this text: words of letters and what stands between them,
    /// but none that is a value of another type.
    /// </summary>
    private static bool IsPlain(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0])
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '/' or '@')
        && text.ToLowerInvariant() is not ("y" or "n" or "yes" or "no" or "on" or "off" or "true" or "false" or "null" or "nan" or "inf");
}
