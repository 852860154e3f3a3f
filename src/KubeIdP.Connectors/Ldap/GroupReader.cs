using KubeIdP.Connectors.ActiveDirectory;
using KubeIdP.Core.Naming;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// Finds all groups of a person in a bounded number of searches: each asks for many groups at once, never for one.
/// </summary>
internal sealed class GroupReader(LdapProfile profile, LdapConnection connection)
{
    // A person in a thousand groups is asked about in five searches. A filter of this length is some 20 KB, which all servers take.
    private const int GroupsPerSearch = 200;

    // Deeper nesting is always a mistake in the directory.
    private const int MaxDepth = 10;

    // Far beyond any person, near enough to keep one login from occupying a directory.
    private const int MaxGroups = 10_000;

    private const string MemberOf = "memberOf";

    // People have the attribute of their primary group as well. Active Directory's groups need no class of POSIX for it.
    private static readonly LdapFilter IsPrimaryGroup = LdapFilter.Parse("(|(objectClass=posixGroup)(objectClass=group))");

    /// <summary>What must be read of a person for it.</summary>
    public static IReadOnlyList<string> AttributesOfPerson(LdapProfile profile) =>
    [
        .. profile.GroupSource switch
        {
            GroupSource.Search when profile.MembersAre != LdapProfile.DnAsName => [profile.MembersAre],
            GroupSource.MemberOf => [MemberOf],
            GroupSource.InChain => ActiveDirectoryGroups.AttributesOfPerson,
            _ => (IReadOnlyList<string>)[],
        },
        .. profile.PrimaryGroup is { } primary ? new[] { primary } : [],
    ];

    /// <exception cref="LdapException">The directory did not return all of them.</exception>
    public Task<IReadOnlyList<DirectoryGroup>> ReadAsync(LdapEntry person, CancellationToken ct) => profile.GroupSource switch
    {
        GroupSource.Search => BySearchAsync(person, ct),
        GroupSource.MemberOf => ByMemberOfAsync(person, ct),
        GroupSource.TokenGroups => ByTokenAsync(person, ct),
        GroupSource.InChain => ByChainAsync(person, ct),
        _ => Task.FromResult<IReadOnlyList<DirectoryGroup>>([]),
    };

    /// <summary>The groups that match one of these, however many there are.</summary>
    private async Task<IReadOnlyList<LdapEntry>> FindAsync(IReadOnlyList<LdapFilter> anyOf, CancellationToken ct)
    {
        if (anyOf.Count > MaxGroups) throw new LdapException(LdapErrorKind.TooLarge, $"Somebody is in more than {MaxGroups} groups.");

        // Side by side: the connection carries them all.
        var answers = await Task.WhenAll(anyOf.Chunk(GroupsPerSearch).Select(chunk => connection.SearchAsync(SearchFor(chunk), ct)));
        return [.. answers.SelectMany(answer => answer.Whole("the search for groups"))];
    }

    private DirectoryGroup GroupOf(LdapEntry entry) => DirectoryGroup.Of(entry, profile.GroupName);

    private LdapSearch SearchFor(IReadOnlyList<LdapFilter> anyOf)
    {
        var filter = LdapFilter.AnyOf(anyOf);
        string[] attributes = [.. profile.GroupName == LdapProfile.DnAsName ? [] : new[] { profile.GroupName },
            .. profile is { GroupSource: GroupSource.MemberOf, IsNested: true } ? new[] { MemberOf } : []];
        return new LdapSearch(profile.GroupBase, SearchScope.Subtree,
            profile.GroupFilter is { } own ? LdapFilter.AllOf(own, filter) : filter, attributes);
    }

    private async Task<IReadOnlyList<DirectoryGroup>> BySearchAsync(LdapEntry person, CancellationToken ct)
    {
        var found = await FindAsync([.. MembershipsOf(person), .. PrimaryGroupOf(person)], ct);

        // A group within a group is named by its DN: memberUid has no such thing.
        return await ClimbAsync(found, groups => [.. groups.Select(group => LdapFilter.Equal(profile.Member, group.Dn))], ct);
    }

    private IEnumerable<LdapFilter> MembershipsOf(LdapEntry person)
    {
        if (profile.MembersAre == LdapProfile.DnAsName) return [LdapFilter.Equal(profile.Member, person.Dn)];

        // A person without it would be in no group without anybody noticing.
        var values = person.Values(profile.MembersAre);
        if (values is [])
            throw new LdapException(LdapErrorKind.ErrorAnswer,
                $"{TokenName.Show(person.Dn)} has no {profile.MembersAre} that the service account may read: see groups.membersAre.");

        return values.Select(value => LdapFilter.Equal(profile.Member, value));
    }

    private IEnumerable<LdapFilter> PrimaryGroupOf(LdapEntry person) =>
        profile.PrimaryGroup is { } primary
            ? person.Values(primary).Select(value => LdapFilter.AllOf(IsPrimaryGroup, LdapFilter.Equal(primary, value)))
            : [];

    private async Task<IReadOnlyList<DirectoryGroup>> ByMemberOfAsync(LdapEntry person, CancellationToken ct)
    {
        var direct = person.Texts(MemberOf);
        if (profile is { IsNested: false, GroupFilter: null, GroupName: LdapProfile.DnAsName, PrimaryGroup: null })
            return [.. direct.Select(dn => new DirectoryGroup(dn, dn))];

        var found = await FindAsync([.. ByDn(direct), .. PrimaryGroupOf(person)], ct);
        return await ClimbAsync(found, groups => ByDn(groups.SelectMany(group => group.Texts(MemberOf))), ct);
    }

    private async Task<IReadOnlyList<DirectoryGroup>> ByTokenAsync(LdapEntry person, CancellationToken ct)
    {
        var token = await connection.SearchAsync(ActiveDirectoryGroups.SearchForToken(person.Dn), ct);
        var found = await FindAsync(ActiveDirectoryGroups.OfToken(token.Whole($"the search for {ActiveDirectoryGroups.TokenGroups}")), ct);
        return [.. found.Select(GroupOf)];
    }

    private async Task<IReadOnlyList<DirectoryGroup>> ByChainAsync(LdapEntry person, CancellationToken ct)
    {
        var primary = await FindAsync([ActiveDirectoryGroups.PrimaryGroupOf(person)], ct);
        var others = await FindAsync([.. primary.Select(group => group.Dn).Append(person.Dn).Select(ActiveDirectoryGroups.InChainOf)], ct);
        return [.. primary.Concat(others).DistinctBy(group => group.Dn, StringComparer.OrdinalIgnoreCase).Select(GroupOf)];
    }

    private List<LdapFilter> ByDn(IEnumerable<string> dns) =>
        [.. dns.Distinct(StringComparer.OrdinalIgnoreCase).Select(dn => LdapFilter.Equal(profile.EntryDn, dn))];

    /// <summary>From groups to those that they are in, level by level. A group is looked at once, so a circle ends by itself.</summary>
    private async Task<IReadOnlyList<DirectoryGroup>> ClimbAsync(IReadOnlyList<LdapEntry> level, Func<IReadOnlyList<LdapEntry>,
        IReadOnlyList<LdapFilter>> above, CancellationToken ct)
    {
        var all = new Dictionary<string, LdapEntry>(StringComparer.OrdinalIgnoreCase);
        for (var depth = 0; level.Count > 0; depth++)
        {
            level = [.. level.Where(group => all.TryAdd(group.Dn, group))];
            if (!profile.IsNested || depth == MaxDepth || level.Count == 0) break;
            if (all.Count > MaxGroups) throw new LdapException(LdapErrorKind.TooLarge, $"Somebody is in more than {MaxGroups} groups.");

            level = await FindAsync(above(level), ct);
        }

        return [.. all.Values.Select(GroupOf)];
    }
}
