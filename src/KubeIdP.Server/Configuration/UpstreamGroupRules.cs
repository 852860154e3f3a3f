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
