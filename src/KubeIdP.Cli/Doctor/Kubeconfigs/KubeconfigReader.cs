using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Cli.Doctor.Kubeconfigs;

/// <summary>Reads a kubeconfig as nodes of YAML. Unknown fields are left out.</summary>
internal static class KubeconfigReader
{
    // Kubeconfigs have six levels; an extension may have more. Without a limit, a file of brackets would overflow the stack.
    private const int MaxDepth = 64;

    /// <param name="path">Absolute: what the file names is relative to its folder.</param>
    /// <exception cref="Misuse">It is no kubeconfig.</exception>
    public static KubeconfigContent Read(string path, string text)
    {
        try
        {
            if (IsTooDeep(text)) throw new Misuse($"{path} is nested too deeply for a kubeconfig.");

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is []) return new KubeconfigContent(path, [], [], [], null);

            var root = stream.Documents[0].RootNode as YamlMappingNode ?? throw new Misuse($"{path} is no kubeconfig: it has no keys.");
            var folder = Path.GetDirectoryName(path)!;
            return new KubeconfigContent(
                path, [.. Entries(root, "clusters", "cluster").Select(entry => ClusterOf(entry.Name, entry.Value, folder))],
                [.. Entries(root, "users", "user").Select(entry => new KubeUser(entry.Name, ExecOf(entry.Value, folder)))],
                [
                    .. Entries(root, "contexts", "context")
                        .Select(entry => new KubeContext(entry.Name, Text(entry.Value, "cluster") ?? "", Text(entry.Value, "user") ?? "")),
                ],
                Text(root, "current-context"));
        }
        catch (YamlException fault)
        {
            throw new Misuse($"{path}: line {fault.Start.Line} is not valid YAML: {fault.Message}");
        }
    }

    private static bool IsTooDeep(string text)
    {
        var depth = 0;
        for (var parser = new Parser(new StringReader(text)); parser.MoveNext();)
        {
            depth += parser.Current is MappingStart or SequenceStart ? 1 : parser.Current is MappingEnd or SequenceEnd ? -1 : 0;
            if (depth > MaxDepth) return true;
        }

        return false;
    }

    private static IEnumerable<(string Name, YamlMappingNode Value)> Entries(YamlMappingNode root, string list, string field) =>
        from entry in (Child(root, list) as YamlSequenceNode)?.OfType<YamlMappingNode>() ?? []
        let name = Text(entry, "name")
        where name is not null
        group Child(entry, field) as YamlMappingNode ?? [] by name into same
        select (same.Key, same.First());

    private static KubeCluster ClusterOf(string name, YamlMappingNode cluster, string folder) => new(
        name, Text(cluster, "server"), Text(cluster, "certificate-authority") is { } file ? Path.GetFullPath(file, folder) : null,
        Text(cluster, "certificate-authority-data"), Text(cluster, "insecure-skip-tls-verify") is "true", Text(cluster, "tls-server-name"),
        Text(cluster, "proxy-url"));

    private static ExecEntry? ExecOf(YamlMappingNode user, string folder)
    {
        if (Child(user, "exec") is not YamlMappingNode exec || Text(exec, "command") is not { } command) return null;

        // client-go: a path is relative to the folder of the file, a name is looked up in the PATH.
        var isPath = command.Contains('/', StringComparison.Ordinal) || command.Contains(Path.DirectorySeparatorChar);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in (Child(exec, "env") as YamlSequenceNode)?.OfType<YamlMappingNode>() ?? [])
            if (Text(variable, "name") is { } name) environment[name] = Text(variable, "value") ?? "";

        return new ExecEntry(
            isPath ? Path.GetFullPath(command, folder) : command,
            [.. ((Child(exec, "args") as YamlSequenceNode)?.OfType<YamlScalarNode>() ?? []).Select(arg => arg.Value ?? "")], environment);
    }

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.FirstOrDefault(child => child.Key is YamlScalarNode { Value: var name } && name == key).Value;

    private static string? Text(YamlMappingNode node, string key) =>
        Child(node, key) is YamlScalarNode { Value: { Length: > 0 } text } ? text : null;
}
