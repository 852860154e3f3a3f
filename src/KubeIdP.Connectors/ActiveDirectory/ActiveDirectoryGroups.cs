using System.Globalization;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.ActiveDirectory;

/// <summary>
/// The two ways in which Active Directory returns all groups of a person, nested ones and the primary group included: searches, and what
/// follows from them.
/// </summary>
internal static class ActiveDirectoryGroups
{
    public const string TokenGroups = "tokenGroups";

    private const string Sid = "objectSid";
    private const string PrimaryGroup = "primaryGroupID";
    private const string Member = "member";

    /// <summary>What must be read of a person for <see cref="PrimaryGroupOf"/>.</summary>
    public static IReadOnlyList<string> AttributesOfPerson { get; } = [Sid, PrimaryGroup];

    /// <summary>Computed by the server, and only for a search whose base is the entry itself.</summary>
    public static LdapSearch SearchForToken(string dn) => LdapSearch.Entry(dn, TokenGroups);

    /// <summary>The groups by the SIDs that Windows itself would put into the person's token.</summary>
    /// <param name="found">By <see cref="SearchForToken"/>.</param>
    /// <exception cref="LdapException">The directory does not show them.</exception>
    public static IReadOnlyList<LdapFilter> OfToken(IReadOnlyList<LdapEntry> found)
    {
        var sids = found is [var entry] ? entry.Values(TokenGroups) : [];

        // Everybody is in a primary group at least. An empty list is what an account sees that may not read it.
        return sids.Count > 0
            ? [.. sids.Select(sid => LdapFilter.Equal(Sid, sid))]
            : throw new LdapException(
                LdapErrorKind.ErrorAnswer,
                $"The directory does not show {TokenGroups} to the service account. Allow it to read them, or set groups.source to "
                    + $"inChain.");
    }

    /// <summary>The primary group, which is a number on the person's entry.</summary>
    /// <exception cref="LdapException">The directory does not show it.</exception>
    public static LdapFilter PrimaryGroupOf(LdapEntry person) =>
        person.Values(Sid) is [var sid]
        && uint.TryParse(person.Text(PrimaryGroup), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && SecurityIdentifier.Sibling(sid, number) is { } primary
            ? LdapFilter.Equal(Sid, primary)
            : throw new LdapException(
                LdapErrorKind.ErrorAnswer, $"The directory does not show {Sid} and {PrimaryGroup} of a person to the service account.");

    /// <summary>The groups of one member, by the rule that follows memberships. It knows nothing of primary groups.</summary>
    public static LdapFilter InChainOf(string memberDn) => LdapFilter.InChain(Member, memberDn);
}
