using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Cli.Kubeconfigs;

/// <summary>
/// Merges the clusters of one kubeconfig into another, on texts alone. Everything foreign stays with its value and its type; comments and
/// the layout do not, as with kubectl's own changes.
/// </summary>
internal static class KubeconfigMerge
{
    // Kubeconfigs have six levels; an extension may have more. Without a limit, a file of brackets would overflow the stack.
    private const int MaxDepth = 64;

    // Each alias is a copy to everything that follows it. Ten lines of aliases can stand for gigabytes.
    private const int MaxCopied = 10_000;

    private const string CurrentContext = "current-context";

    private static readonly string[] Lists = ["clusters", "users", "contexts"];

    /// <param name="existing">The file as it is; null or empty without one.</param>
    /// <param name="added">A kubeconfig as the server makes it.</param>
    /// <param name="use">
    /// Whether the first added context becomes the current one in any case; otherwise it does so only if the file has none.
    /// </param>
    public static MergedKubeconfig Merge(string? existing, string added, bool use)
    {
        try
        {
            if (FaultOf(existing ?? "") is { } fault) return new MergedKubeconfig.Refused(fault);

            var root = Load(existing ?? "") is { } node ? node as YamlMappingNode : [];
            if (root is null) return new MergedKubeconfig.Refused("it has no keys.");
            if (FaultOf(root) is { } wrong) return new MergedKubeconfig.Refused(wrong);

            if (OursIn(added) is not { } ours)
                return new MergedKubeconfig.Refused("what is to be merged into it is none.");

            var changed = MergeInto(root, ours, use);
            var current = TextOf(root, CurrentContext)!;
            if (!changed) return new MergedKubeconfig.Unchanged(current);

            return Write(root) is { } text
                ? new MergedKubeconfig.Changed(text, current)
                : new MergedKubeconfig.Refused("it contains YAML that would not survive the change.");
        }
        catch (YamlException fault)
        {
            return new MergedKubeconfig.Refused($"line {fault.Start.Line} is not valid YAML: {fault.Message}");
        }
    }

    /// <summary>The added kubeconfig; null if it is not as a server of this product makes it.</summary>
    private static YamlMappingNode? OursIn(string added)
    {
        try
        {
            return FaultOf(added) is null && Load(added) is YamlMappingNode ours && FaultOf(ours) is null
                && TextOf(ours, CurrentContext) is not null && TextOf(ours, "apiVersion") is not null && TextOf(ours, "kind") is not null
                && HasEntries(ours, "clusters", "cluster") && HasEntries(ours, "users", "user") && HasEntries(ours, "contexts", "context")
                ? ours
                : null;
        }
        catch (YamlException)
        {
            return null;
        }
    }

    private static bool HasEntries(YamlMappingNode root, string key, string content) =>
        ValueOf(root, key) is YamlSequenceNode list
            && list.All(item => item is YamlMappingNode entry && ValueOf(entry, content) is YamlMappingNode);

    private static bool MergeInto(YamlMappingNode root, YamlMappingNode ours, bool use)
    {
        var changed = SetIfMissing(root, "apiVersion", ours) | SetIfMissing(root, "kind", ours);
        changed |= MergeList(root, ours, "clusters", MergedCluster);
        changed |= MergeList(root, ours, "users", MergedUser);
        changed |= MergeList(root, ours, "contexts", MergedContext);

        if (string.IsNullOrEmpty(TextOf(root, CurrentContext)) || (use && TextOf(root, CurrentContext) != TextOf(ours, CurrentContext)))
        {
            root.Children[CurrentContext] = ours[CurrentContext];
            changed = true;
        }

        return changed;
    }

    private static bool SetIfMissing(YamlMappingNode root, string key, YamlMappingNode ours)
    {
        if (!string.IsNullOrEmpty(TextOf(root, key))) return false;

        root.Children[key] = ours[key];
        return true;
    }

    private static bool MergeList(YamlMappingNode root, YamlMappingNode ours, string key,
        Func<YamlMappingNode?, YamlMappingNode, YamlMappingNode> merge)
    {
        if (ValueOf(root, key) is not YamlSequenceNode list) root.Children[key] = list = [];

        var changed = false;
        foreach (var entry in ((YamlSequenceNode)ours[key]).Cast<YamlMappingNode>())
        {
            var name = TextOf(entry, "name");

            // The first one, as client-go does when a file has a name twice.
            var index = list.Children.IndexOf(list.FirstOrDefault(one => TextOf((YamlMappingNode)one, "name") == name)!);
            var before = index < 0 ? null : (YamlMappingNode)list[index];
            var after = merge(before, entry);
            if (before is not null && IsSame(WithoutNulls(before), WithoutNulls(after))) continue;

            if (index < 0) list.Add(after);
            else list.Children[index] = after;
            changed = true;
        }

        return changed;
    }

    /// <summary>What the person has added stays, such as a proxy; what would replace our server or its certificates does not.</summary>
    private static YamlMappingNode MergedCluster(YamlMappingNode? before, YamlMappingNode ours)
    {
        var cluster = new YamlMappingNode();
        foreach (var (key, value) in Fields(before, "cluster"))
        {
            if (TextOf(key) is not ("server" or "certificate-authority" or "certificate-authority-data" or "insecure-skip-tls-verify"))
                cluster.Add(key, value);
        }

        foreach (var (key, value) in Fields(ours, "cluster")) cluster.Add(key, value);
        return Entry(before, ours, "cluster", cluster);
    }

    /// <summary>Wholly ours, because client-go would prefer a token or a certificate to the plugin.</summary>
    private static YamlMappingNode MergedUser(YamlMappingNode? before, YamlMappingNode ours) =>
        Entry(before, ours, "user", (YamlMappingNode)ours["user"]);

    /// <summary>A namespace that the person has chosen since stays.</summary>
    private static YamlMappingNode MergedContext(YamlMappingNode? before, YamlMappingNode ours)
    {
        var context = new YamlMappingNode();
        foreach (var (key, value) in Fields(ours, "context")) context.Add(key, value);
        foreach (var (key, value) in Fields(before, "context"))
        {
            if (TextOf(key) is not ("cluster" or "user")) context.Children[key] = value;
        }

        return Entry(before, ours, "context", context);
    }

    private static YamlMappingNode Entry(YamlMappingNode? before, YamlMappingNode ours, string key, YamlMappingNode value)
    {
        var entry = new YamlMappingNode { { "name", ours["name"] }, { key, value } };
        foreach (var (other, kept) in before?.Children ?? Enumerable.Empty<KeyValuePair<YamlNode, YamlNode>>())
        {
            if (TextOf(other) is not "name" && TextOf(other) != key) entry.Add(other, kept);
        }

        return entry;
    }

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Fields(YamlMappingNode? entry, string key) =>
        entry is not null && ValueOf(entry, key) is YamlMappingNode fields ? fields.Children : [];

    /// <summary>kubectl writes keys without a value, such as <c>env: null</c>, which mean nothing.</summary>
    private static YamlNode WithoutNulls(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new YamlMappingNode(
            mapping.Where(child => !IsNull(child.Value)).Select(child => KeyValuePair.Create(child.Key, WithoutNulls(child.Value)))),
        YamlSequenceNode list => new YamlSequenceNode(list.Select(WithoutNulls)),

        // The same text in another style is the same to kubectl, which reads all of our values as texts or truth values.
        YamlScalarNode scalar => new YamlScalarNode(scalar.Value),
        _ => node,
    };

    /// <summary>The same keys in any order, and the same values of the same types.</summary>
    private static bool IsSame(YamlNode one, YamlNode other) => (one, other) switch
    {
        (YamlMappingNode a, YamlMappingNode b) => a.Tag == b.Tag && a.Children.Count == b.Children.Count
            && a.Children.All(child => b.Children.TryGetValue(child.Key, out var value) && IsSame(child.Value, value)),
        (YamlSequenceNode a, YamlSequenceNode b) => a.Tag == b.Tag && a.Children.Count == b.Children.Count
            && a.Children.Zip(b.Children).All(pair => IsSame(pair.First, pair.Second)),
        (YamlScalarNode a, YamlScalarNode b) => a.Tag == b.Tag && a.Value == b.Value && IsPlain(a) == IsPlain(b),
        _ => false,
    };

    private static bool IsPlain(YamlScalarNode scalar) => scalar.Style is ScalarStyle.Plain or ScalarStyle.Any;

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Value: null or "" or "~" or "null" or "Null" or "NULL" } scalar && IsPlain(scalar);

    /// <summary>Null if the text has no document at all.</summary>
    private static YamlNode? Load(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents is [var document] && !IsNull(document.RootNode) ? document.RootNode : null;
    }

    /// <summary>Null if reading it again would give something else.</summary>
    private static string? Write(YamlMappingNode root)
    {
        foreach (var node in root.AllNodes)
        {
            // As kubectl writes it; a block inside of brackets, as in a file of JSON, would not be YAML.
            if (node is YamlMappingNode mapping) mapping.Style = MappingStyle.Block;
            if (node is YamlSequenceNode list) list.Style = SequenceStyle.Block;
        }

        // Long lines are not folded: people compare and copy them.
        using var writer = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(writer, EmitterSettings.Default.WithBestWidth(int.MaxValue).WithNewLine("\n"));
        
        // The anchors of the file alone: the library would also give one to each text that occurs twice.
        new YamlStream(new YamlDocument(root)).Save(emitter, assignAnchors: false);
        var text = writer.ToString();

        // The mark of the document's end, which no other program writes into a kubeconfig.
        text = text.EndsWith("\n...\n", StringComparison.Ordinal) ? text[..^"...\n".Length] : text;
        try
        {
            return Load(text) is { } again && IsSame(root, again) ? text : null;
        }
        catch (YamlException)
        {
            return null;
        }
    }

    /// <summary>
    /// What must be refused before there is a tree, in which an alias is the value itself: a value inside of itself would overflow the
    /// stack, and copies of copies would not end.
    /// </summary>
    private static string? FaultOf(string text)
    {
        var parser = new Parser(new StringReader(text));
        var (open, anchored) = (new Stack<Extent>(), new Dictionary<AnchorName, Extent>());
        for (int documents = 0, copied = 0; parser.MoveNext();)
        {
            var line = parser.Current!.Start.Line;
            switch (parser.Current)
            {
                case DocumentStart when ++documents > 1:
                    return "it has several YAML documents.";

                case AnchorAlias alias:
                    // One for something further down would also be found in the tree, and could be a part of it.
                    if (!anchored.TryGetValue(alias.Value, out var value)) return $"line {line} has an alias for nothing above it.";
                    if (open.Contains(value)) return $"line {line} has an alias for a value that it is part of.";
                    if ((copied += value.Nodes) > MaxCopied) return $"line {line} has an alias with which the file becomes too large.";
                    if (open.Count + value.Levels > MaxDepth) return $"line {line} is nested too deeply.";
                    AddToAround(value);
                    break;

                case NodeEvent node:
                    var extent = new Extent();
                    if (!node.Anchor.IsEmpty) anchored[node.Anchor] = extent;
                    if (node is Scalar) AddToAround(extent);
                    else open.Push(extent);
                    if (open.Count > MaxDepth) return $"line {line} is nested too deeply.";
                    break;

                case MappingEnd or SequenceEnd:
                    AddToAround(open.Pop());
                    break;
            }
        }

        return null;

        void AddToAround(Extent part)
        {
            if (open.TryPeek(out var around)) around.Add(part);
        }
    }

    private static string? FaultOf(YamlMappingNode root)
    {
        if (ValueOf(root, "apiVersion") is { } version && !IsNull(version) && TextOf(version) is not ("v1" or ""))
            return "its apiVersion is not v1.";
        if (ValueOf(root, "kind") is { } kind && !IsNull(kind) && TextOf(kind) is not ("Config" or "")) return "its kind is not Config.";

        // Without any of a kubeconfig's keys it is some other file.
        if (root.Children.Count > 0 && !Lists.Append("kind").Any(key => ValueOf(root, key) is not null))
            return "it has neither clusters nor users nor contexts.";
        return Lists.Select(key => ValueOf(root, key) switch
        {
            null => null,
            var value when IsNull(value) => null,
            YamlSequenceNode list when list.All(item => item is YamlMappingNode entry && TextOf(entry, "name") is not null) => null,
            _ => $"{key} is not a list of entries with a name.",
        }).FirstOrDefault(fault => fault is not null);
    }

    private static YamlNode? ValueOf(YamlMappingNode mapping, string key) =>
        mapping.FirstOrDefault(child => TextOf(child.Key) == key).Value;

    private static string? TextOf(YamlMappingNode mapping, string key) => ValueOf(mapping, key) is { } value ? TextOf(value) : null;

    private static string? TextOf(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value : null;

    /// <summary>How much a value is, with what its aliases stand for.</summary>
    private sealed class Extent
    {
        public int Nodes { get; private set; } = 1;

        public int Levels { get; private set; } = 1;

        public void Add(Extent part)
        {
            Nodes += part.Nodes;
            Levels = Math.Max(Levels, part.Levels + 1);
        }
    }
}
