using System.Globalization;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Protocol;

namespace KubeIdP.Connectors.ActiveDirectory;

/// <summary>The two ways in which Active Directory tells all groups of a person, nested ones and the primary group included.</summary>
internal sealed class ActiveDirectoryGroups(GroupReader groups, LdapConnection connection)
{
    private const string TokenGroups = "tokenGroups";
    private const string Sid = "objectSid";
    private const string PrimaryGroup = "primaryGroupID";
    private const string Member = "member";

    public static IReadOnlyList<string> AttributesOfPerson { get; } = [Sid, PrimaryGroup];

    /// <summary>The SIDs that Windows itself would put into the person's token, and then the groups that have them.</summary>
    public async Task<IReadOnlyList<DirectoryGroup>> ByTokenAsync(LdapEntry person, CancellationToken ct)
    {
        // Computed by the server, and only for a search whose base is the entry itself.
        var answer = await connection.SearchAsync(LdapSearch.Entry(person.Dn, TokenGroups), ct);
        var sids = answer.Whole($"the search for {TokenGroups}") is [var entry] ? entry.Values(TokenGroups) : [];

        // Everybody is in a primary group at least. An empty list is what an account sees that may not read it.
        if (sids.Count == 0) throw new LdapFault(LdapFaultKind.ErrorAnswer, $"The directory does not show {TokenGroups} to our account. Let it read them, or set groups.source to inChain.");

        var found = await groups.FindAsync([.. sids.Select(sid => LdapFilter.Equal(Sid, sid))], ct);
        return [.. found.Select(groups.GroupOf)];
    }

    /// <summary>By the rule that follows memberships. It knows nothing of the primary group, which is a number on the person's entry.</summary>
    public async Task<IReadOnlyList<DirectoryGroup>> ByChainAsync(LdapEntry person, CancellationToken ct)
    {
        var primary = person.Values(Sid) is [var sid] && uint.TryParse(person.Text(PrimaryGroup), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? SecurityIdentifier.Sibling(sid, number)
            : null;
        if (primary is null) throw new LdapFault(LdapFaultKind.ErrorAnswer, $"The directory does not show {Sid} and {PrimaryGroup} of a person to our account.");

        var first = await groups.FindAsync([LdapFilter.Equal(Sid, primary)], ct);
        var others = await groups.FindAsync([.. first.Select(group => group.Dn).Append(person.Dn).Select(dn => LdapFilter.InChain(Member, dn))], ct);
        return [.. first.Concat(others).DistinctBy(group => group.Dn, StringComparer.OrdinalIgnoreCase).Select(groups.GroupOf)];
    }
}
