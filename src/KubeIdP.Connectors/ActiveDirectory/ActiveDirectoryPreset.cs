using KubeIdP.Connectors.Ldap;

namespace KubeIdP.Connectors.ActiveDirectory;

/// <summary>What every domain of Active Directory has.</summary>
internal static class ActiveDirectoryPreset
{
    public static LdapPreset Instance { get; } = new()
    {
        UserFilter = "(&(objectCategory=person)(objectClass=user))",
        Names = ["sAMAccountName", "userPrincipalName"],
        LoginName = "sAMAccountName",
        Id = "objectGUID",
        GroupSource = GroupSource.TokenGroups,
        GroupName = "sAMAccountName",
        EntryDn = "distinguishedName",

        // Groups are all over a domain, and the primary group is never where people are.
        GroupBaseOf = DomainOf,
    };

    /// <summary>The domain's own entry above this one; the same when there is none.</summary>
    public static string DomainOf(string dn)
    {
        var domain = dn.IndexOf("DC=", StringComparison.OrdinalIgnoreCase);
        while (domain > 0 && dn[..domain].TrimEnd()[^1] != ',') domain = dn.IndexOf("DC=", domain + 1, StringComparison.OrdinalIgnoreCase);
        return domain < 0 ? dn : dn[domain..];
    }
}
