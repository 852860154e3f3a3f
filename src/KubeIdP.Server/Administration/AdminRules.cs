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

        foreach (var fault in UpstreamGroupRules.Check(Key, admin.Groups, connectors)) yield return fault;
        foreach (var fault in UpstreamGroupRules.Check(AuditorsKey, admin.AuditorGroups, connectors)) yield return fault;

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
}
