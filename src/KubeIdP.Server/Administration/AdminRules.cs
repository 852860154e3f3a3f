using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Administration;

internal static class AdminRules
{
    private const string Key = "admin.groups";
    private const string AuditorsKey = "admin.auditorGroups";

    /// <param name="admin">What is configured.</param>
    /// <param name="connectors">The configured connectors.</param>
    public static IEnumerable<SettingsFault> Check(AdminOptions admin, IReadOnlyCollection<ConnectorId> connectors)
    {
        if (admin.Groups.Count == 0)
            yield return new(Key, "The list is empty, so nobody could administer this server.",
                "Add a group, or remove the key to use the default, local:admins.");

        foreach (var fault in FaultsOf(Key, admin.Groups, connectors)) yield return fault;
        foreach (var fault in FaultsOf(AuditorsKey, admin.AuditorGroups, connectors)) yield return fault;

        for (var i = 0; i < admin.AuditorGroups.Count; i++)
        {
            if (admin.Groups.Contains(admin.AuditorGroups[i], StringComparer.Ordinal))
                yield return new($"{AuditorsKey}[{i}]", $"\"{admin.AuditorGroups[i]}\" is also in admin.groups.",
                    "Remove it from one of the two lists.");
        }
    }

    /// <summary>The role of a person on the administration pages. The configuration must have been checked.</summary>
    public static AdminRole RoleOf(Membership? membership, AdminOptions admin)
    {
        if (membership is null) return AdminRole.None;
        if (IsIn(admin.Groups)) return AdminRole.Administrator;
        return IsIn(admin.AuditorGroups) ? AdminRole.Auditor : AdminRole.None;

        bool IsIn(IReadOnlyList<string> named) =>
            membership.Groups.Any(group =>
                named.Contains(new UpstreamGroup(membership.Connector, group).ToString(), StringComparer.Ordinal));
    }

    private static IEnumerable<SettingsFault> FaultsOf(string key, IReadOnlyList<string> groups,
        IReadOnlyCollection<ConnectorId> connectors)
    {
        for (var i = 0; i < groups.Count; i++)
        {
            if (FaultOf(groups[i], connectors) is var (what, fix)) yield return new($"{key}[{i}]", what, fix);
        }
    }

    private static (string What, string Fix)? FaultOf(string text, IReadOnlyCollection<ConnectorId> connectors)
    {
        if (UpstreamGroup.Parse(text) is not { } group)
            return ($"\"{text}\" does not name the upstream of the group.", "Write upstream:group, such as local:admins.");
        if (!connectors.Contains(group.Connector))
            return ($"There is no upstream \"{group.Connector}\".", $"Choose one of: {string.Join(", ", connectors)}.");
        return TokenName.FaultOf(group.Name) is { } fault
            ? ($"The group \"{group.Name}\" {fault}.", "Use a group name that tokens can contain.")
            : null;
    }
}
