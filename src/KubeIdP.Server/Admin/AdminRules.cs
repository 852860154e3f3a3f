using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Hosting.Configuration;

namespace KubeIdP.Server.Admin;

internal static class AdminRules
{
    private const string Key = "admin.groups";

    /// <param name="admin">What is configured.</param>
    /// <param name="connectors">The connectors that there are.</param>
    public static IEnumerable<SettingsFault> Check(AdminOptions admin, IReadOnlyCollection<ConnectorId> connectors)
    {
        if (admin.Groups.Count == 0)
            yield return new(Key, "No group is named, so nobody could ever administer this server.", "Name one, or remove the key for the default, local:admins.");

        for (var i = 0; i < admin.Groups.Count; i++)
        {
            if (FaultOf(admin.Groups[i], connectors) is var (what, mend)) yield return new($"{Key}[{i}]", what, mend);
        }
    }

    private static (string What, string Mend)? FaultOf(string text, IReadOnlyCollection<ConnectorId> connectors)
    {
        if (UpstreamGroup.Parse(text) is not { } group)
            return ($"\"{text}\" does not say where the group comes from.", "Write connector:group, such as local:admins.");
        if (!connectors.Contains(group.Connector))
            return ($"There is no connector \"{group.Connector}\".", $"Choose one of: {string.Join(", ", connectors)}.");
        return TokenName.FaultOf(group.Name) is { } fault ? ($"The group \"{group.Name}\" {fault}.", "Name a group that a token can carry.") : null;
    }
}
