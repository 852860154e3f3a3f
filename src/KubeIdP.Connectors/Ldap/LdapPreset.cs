namespace KubeIdP.Connectors.Ldap;

/// <summary>What directories of one kind usually have.</summary>
internal sealed record LdapPreset
{
    public static LdapPreset Instance { get; } = new()
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
}
