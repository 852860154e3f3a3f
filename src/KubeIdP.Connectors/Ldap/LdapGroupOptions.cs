using System.ComponentModel.DataAnnotations;

namespace KubeIdP.Connectors.Ldap;

/// <summary>How a person's groups are found, and what they are called in tokens.</summary>
public sealed record LdapGroupOptions
{
    /// <summary>How groups are found. Default: <c>search</c>; on Active Directory <c>tokenGroups</c>.</summary>
    public GroupSource? Source { get; init; }

    /// <summary>
    /// The DN below which groups are. Default: <see cref="LdapUserOptions.Base"/>; on Active Directory the domain that this lies in.
    /// </summary>
    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? Base { get; init; }

    /// <summary>The filter of the entries that are groups (RFC 4515). Default: all that have the attribute <see cref="Member"/>.</summary>
    public string? Filter { get; init; }

    /// <summary>
    /// The attribute of a group that names its members. Default: <c>member</c>. Others have <c>uniqueMember</c> or <c>memberUid</c>.
    /// </summary>
    public string? Member { get; init; }

    /// <summary>
    /// The attribute of a person whose values are in <see cref="Member"/>, or <c>dn</c> for the DN of their entry. Default: <c>uid</c> for
    /// <c>memberUid</c>, on Active Directory <c>sAMAccountName</c>; else <c>dn</c>.
    /// </summary>
    public string? MembersAre { get; init; }

    /// <summary>
    /// The attribute that a person shares with their primary group, such as <c>gidNumber</c> with POSIX accounts: that group does not name
    /// them as a member. Default: it does not count. Active Directory's own primary group counts without it.
    /// </summary>
    public string? PrimaryGroup { get; init; }

    /// <summary>
    /// Whether a group within a group counts. Active Directory counts them all with <c>tokenGroups</c> and <c>inChain</c>.
    /// </summary>
    public Nesting Nesting { get; init; }

    /// <summary>
    /// The attribute with the name that goes into tokens, or <c>dn</c> for the whole DN. Default: <c>cn</c>; on Active Directory
    /// <c>sAMAccountName</c>.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// What is put before each name, such as <c>corp:</c>, so that groups of two directories can't be confused: no prefix may begin
    /// another. Only one directory may have no prefix, and a group of it whose name begins with another's prefix is left out of tokens.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>
    /// Only members of one of these groups can sign in: names as the directory has them, without the prefix, or DNs. Default: everybody
    /// can.
    /// </summary>
    public IReadOnlyList<string> Required { get; init; } = [];
}
