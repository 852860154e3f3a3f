namespace KubeIdP.Connectors.Ldap;

/// <summary>How a person's groups are found, and what they are called in tokens.</summary>
public sealed record LdapGroupOptions
{
    /// <summary>How groups are found. Default: <c>search</c>; on Active Directory <c>tokenGroups</c>.</summary>
    public GroupSource? Source { get; init; }

    /// <summary>The DN below which groups are. Default: <see cref="LdapUserOptions.Base"/>; on Active Directory the domain that this lies in.</summary>
    public string? Base { get; init; }

    /// <summary>Which entries there are groups (RFC 4515). Default: all that have the member.</summary>
    public string? Filter { get; init; }

    /// <summary>The attribute of a group that names its members. Default: <c>member</c>. Others have <c>uniqueMember</c> or <c>memberUid</c>.</summary>
    public string? Member { get; init; }

    /// <summary>What stands in that attribute. Default: <c>username</c> for <c>memberUid</c>, else <c>dn</c>.</summary>
    public MemberNaming? MembersAre { get; init; }

    /// <summary>Whether a group within a group counts. Active Directory counts them all with <c>tokenGroups</c> and <c>inChain</c>.</summary>
    public Nesting Nesting { get; init; }

    /// <summary>
    /// The attribute with the name that goes into tokens, or <c>dn</c> for the whole DN. Default: <c>cn</c>; on Active Directory <c>sAMAccountName</c>.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// What is put before each name, such as <c>corp:</c>, so that groups of two directories can't be taken for each other. Only one directory may
    /// have none.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>
    /// Who is in none of these may not come in: names as the directory has them, without the prefix, or DNs. Default: everybody may.
    /// </summary>
    public IReadOnlyList<string> Required { get; init; } = [];
}
