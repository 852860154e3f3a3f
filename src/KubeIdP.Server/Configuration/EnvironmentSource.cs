namespace KubeIdP.Server.Configuration;

/// <summary>
/// Reads variables such as <c>KUBEIDP__CLIENTS__prod__KIND</c> over what the file said. Other variables are ignored, so that neither
/// ASP.NET Core's variables nor those that Kubernetes sets for a service named kubeidp (KUBEIDP_PORT) change the configuration by accident.
/// </summary>
internal static class EnvironmentSource
{
    public const string Prefix = "KUBEIDP__";

    public static void Read(IEnumerable<KeyValuePair<string, string>> environment, SettingNode root, List<SettingsFault> faults)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        // Sorted, so that it does not depend on the shell which of two spellings comes first.
        foreach (var (name, text) in environment.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) continue;

            if (seen.Add(name))
                NodeFor(name, root).Write(text, name);
            else
                faults.Add(new(name, "This variable is given twice, in different case.", "Keep one of the two."));
        }
    }

    private static SettingNode NodeFor(string name, SettingNode root)
    {
        var node = root;
        foreach (var level in name[Prefix.Length..].Split("__"))
        {
            var next = node.Find(level);
            if (next is null) node.Add(level, next = new SettingNode(name) { IsFromEnvironment = true });
            node = next;
        }

        return node;
    }
}
