using KubeIdP.Connectors.ActiveDirectory;

namespace KubeIdP.Connectors.Ldap;

/// <summary>What directories of one kind usually have.</summary>
internal sealed record LdapPreset
{
    private static readonly LdapPreset Standard = new()
    {
        UserFilter = "(objectClass=person)",
        Names = ["uid"],
        LoginName = "uid",
        Id = "entryUUID",
        GroupSource = GroupSource.Search,
        GroupName = "cn",
        EntryDn = "entryDN",
        GroupBaseOf = users => users,
    };

    private static readonly LdapPreset ActiveDirectory = new()
    {
        UserFilter = "(&(objectCategory=person)(objectClass=user))",
        Names = ["sAMAccountName", "userPrincipalName"],
        LoginName = "sAMAccountName",
        Id = "objectGUID",
        GroupSource = GroupSource.TokenGroups,
        GroupName = "sAMAccountName",
        EntryDn = "distinguishedName",

        // Groups are all over a domain, and the primary group is never where people are.
        GroupBaseOf = ActiveDirectoryDomain.DnAbove,
    };

    public required string UserFilter { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>What <c>memberUid</c> of a group holds (RFC 2307 §2.1).</summary>
    public required string LoginName { get; init; }

    public required string Id { get; init; }

    public required GroupSource GroupSource { get; init; }

    public required string GroupName { get; init; }

    public required string EntryDn { get; init; }

    /// <summary>Where groups are when only the place of people is known.</summary>
    public required Func<string, string> GroupBaseOf { get; init; }

    public static LdapPreset Of(UpstreamKind kind) => kind == UpstreamKind.ActiveDirectory ? ActiveDirectory : Standard;
}
