using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeIdP.Server.Configuration;

/// <summary>
/// Reads the YAML file into a tree. It uses the parser's events, not YamlDotNet's object model, which stops at the first duplicate key and
/// resolves aliases, with which ten lines can expand to gigabytes.
/// </summary>
internal sealed class YamlSource
{
    // The deepest key has four levels. Without a limit, a file of brackets would overflow the stack.
    private const int MaxDepth = 16;

    private readonly string file;
    private readonly Parser parser;
    private readonly List<SettingsFault> faults;

    private YamlSource(string file, TextReader text, List<SettingsFault> faults)
    {
        this.file = file;
        this.faults = faults;
        parser = new Parser(text);
    }

    /// <summary>
    /// Reads into <paramref name="root"/> up to the first syntax error. Returns false if there was one, so that nothing can be concluded
    /// from missing keys.
    /// </summary>
    /// <param name="file">The name for the faults.</param>
    public static bool Read(string file, TextReader text, SettingNode root, List<SettingsFault> faults)
    {
        try
        {
            new YamlSource(file, text, faults).ReadDocument(root);
            return true;
        }
        catch (YamlException fault)
        {
            faults.Add(new($"{file}:{fault.Start.Line}", $"This is not YAML: {fault.Message}",
                "Check the indentation (spaces, never tabs), the colons and the quotes of this line and the one above it."));
            return false;
        }
    }

    private void ReadDocument(SettingNode root)
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _)) return;

        parser.Consume<DocumentStart>();
        if (parser.Accept<MappingStart>(out _))
            ReadMapping(root, depth: 1);
        else if (ReadNode(depth: 1) is { } other && (other.IsList || !string.IsNullOrEmpty(other.Text)))
            faults.Add(
                new(other.Place, "The file holds a single value or a list.",
                    "Write keys with values, such as \"issuer: https://idp.example.com\"."));
        parser.Consume<DocumentEnd>();

        if (parser.Accept<DocumentStart>(out var second))
            faults.Add(
                new(Place(second), "A second YAML document begins here and would be ignored.",
                    "Keep one document: remove the line \"---\"."));
    }

    private SettingNode? ReadNode(int depth)
    {
        if (depth > MaxDepth)
            throw new YamlException(parser.Current!.Start, parser.Current.End, $"values are nested more than {MaxDepth} levels deep");

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            faults.Add(new(Place(alias), $"The alias *{alias.Value} can't be used here.", "Write the value out."));
            return null;
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            var leaf = new SettingNode(Place(scalar));
            var isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "~" or "null" or "Null" or "NULL";
            leaf.Write(isNull ? "" : scalar.Value, leaf.Place,
                isQuoted: scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted);
            return leaf;
        }

        var branch = new SettingNode(Place(parser.Current!)) { IsList = parser.Accept<SequenceStart>(out _) };
        if (branch.IsList)
            ReadList(branch, depth);
        else
            ReadMapping(branch, depth);
        return branch;
    }

    private void ReadList(SettingNode list, int depth)
    {
        parser.Consume<SequenceStart>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (ReadNode(depth + 1) is { } item) list.Add($"{list.Children.Count}", item);
        }
    }

    private void ReadMapping(SettingNode mapping, int depth)
    {
        parser.Consume<MappingStart>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Current!;
            var name = ReadNode(depth + 1)?.Text;
            var value = ReadNode(depth + 1);
            if (name is null)
            {
                if (key is not AnchorAlias)
                    faults.Add(new(Place(key), "A key is a list or a mapping.", "Write a plain word before the colon."));
            }
            else if (mapping.Children.Any(child => child.Key == name))
            {
                faults.Add(new(Place(key), $"The key \"{name}\" is given twice.", "Keep one of the two."));
            }
            else if (value is not null)
            {
                value.Write(value.Text, Place(key), value.IsQuoted);
                mapping.Add(name, value);
            }
        }
    }

    private string Place(ParsingEvent at) => $"{file}:{at.Start.Line}";
}
