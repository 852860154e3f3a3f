using System.ComponentModel.DataAnnotations;

namespace KubeIdP.Connectors.Ldap;

/// <summary>How a person's groups are found, and their names in tokens.</summary>
public sealed record LdapGroupOptions
{
    /// <summary>How groups are found. Default: <c>search</c>; on Active Directory <c>tokenGroups</c>.</summary>
    public GroupSource? Source { get; init; }

    /// <summary>
    /// The DN below which groups are. Default: <see cref="LdapUserOptions.Base"/>; on Active Directory the domain of that DN.
    /// </summary>
    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? Base { get; init; }

    /// <summary>The filter of the entries that are groups (RFC 4515). Default: all that have the attribute <see cref="Member"/>.</summary>
    public string? Filter { get; init; }

    /// <summary>
    /// The attribute of a group that names its members. Default: <c>member</c>; some directories use <c>uniqueMember</c> or
    /// <c>memberUid</c>.
    /// </summary>
    public string? Member { get; init; }

    /// <summary>
    /// The attribute of a person whose values are in <see cref="Member"/>, or <c>dn</c> for the DN of their entry. Default: <c>uid</c> for
    /// <c>memberUid</c>, on Active Directory <c>sAMAccountName</c>; else <c>dn</c>.
    /// </summary>
    public string? MembersAre { get; init; }

    /// <summary>
    /// The attribute that a person shares with their primary group, such as <c>gidNumber</c> with POSIX accounts: that group does not name
    /// them as a member. Default: the primary group is ignored. The sources <c>tokenGroups</c> and <c>inChain</c>
    /// always include it.
    /// </summary>
    public string? PrimaryGroup { get; init; }

    /// <summary>
    /// Whether members of a group within a group are members of the outer group. With <c>tokenGroups</c> and <c>inChain</c> they always
    /// are.
    /// </summary>
    public Nesting Nesting { get; init; }

    /// <summary>
    /// The attribute with the name that goes into tokens, or <c>dn</c> for the whole DN. Default: <c>cn</c>; on Active Directory
    /// <c>sAMAccountName</c>.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// A prefix for the name of each group, such as <c>corp:</c>, so that groups of two directories can't be confused. No prefix may be the
    /// beginning of another. Only one directory may have no prefix; its groups whose names begin with the prefix of another directory are
    /// left out of tokens.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>
    /// Only members of one of these groups can sign in: names as the directory has them, without the prefix, or DNs. Default: everybody
    /// can.
    /// </summary>
    public IReadOnlyList<string> Required { get; init; } = [];
}
