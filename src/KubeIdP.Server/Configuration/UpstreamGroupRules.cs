using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Configuration;

/// <summary>The rules of lists of groups, each as <c>upstream:group</c>.</summary>
internal static class UpstreamGroupRules
{
    /// <param name="key">Of the list.</param>
    /// <param name="groups">The list.</param>
    /// <param name="upstreams">The upstreams that it may name.</param>
    public static IEnumerable<SettingsFault> Check(string key, IReadOnlyList<string> groups, IReadOnlyCollection<ConnectorId> upstreams)
    {
        for (var i = 0; i < groups.Count; i++)
        {
            if (FaultOf(groups[i], upstreams) is var (what, fix)) yield return new($"{key}[{i}]", what, fix);
        }
    }

    /// <summary>
    /// A group that nobody can be in, because its name lacks the prefix that this server gives to all groups of its upstream. Without this
    /// rule, nobody could get in, and the messages would name a group that everybody has.
    /// </summary>
    /// <param name="lists">The lists with the keys of the settings.</param>
    /// <param name="prefixes">By upstream; null: its groups are not read.</param>
    public static IEnumerable<SettingsFault> CheckPrefixes(IEnumerable<(string Key, IReadOnlyList<string> Groups)> lists,
        IReadOnlyDictionary<ConnectorId, string?> prefixes)
    {
        foreach (var (key, groups) in lists)
        {
            for (var i = 0; i < groups.Count; i++)
            {
                if (UpstreamGroup.Parse(groups[i]) is not { } group || !prefixes.TryGetValue(group.Connector, out var prefix)) continue;

                if (prefix is null)
                    yield return new($"{key}[{i}]",
                        $"The groups of {group.Connector} are not read (upstreams.{group.Connector}.groups.source): nobody is in one.",
                        "Set a source of groups for the upstream, or remove the group.");
                else if (!group.Name.StartsWith(prefix, StringComparison.Ordinal))
                    yield return new($"{key}[{i}]", $"The names of the groups of {group.Connector} begin with \"{prefix}\" "
                        + $"(upstreams.{group.Connector}.groups.prefix), so nobody is in \"{group.Name}\".",
                        $"Write {new UpstreamGroup(group.Connector, prefix + group.Name)}.");
            }
        }
    }

    private static (string What, string Fix)? FaultOf(string text, IReadOnlyCollection<ConnectorId> upstreams)
    {
        if (UpstreamGroup.Parse(text) is not { } group)
            return ($"\"{text}\" does not name the upstream of the group.", "Write upstream:group, such as local:admins.");
        if (!upstreams.Contains(group.Connector))
            return ($"There is no upstream \"{group.Connector}\".", $"Choose one of: {string.Join(", ", upstreams)}.");
        return TokenName.FaultOf(group.Name) is { } fault
            ? ($"The group \"{group.Name}\" {fault}.", "Use a group name that tokens can contain.")
            : null;
    }
}
