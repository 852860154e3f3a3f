using System.Text;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap.Diagnostics;

/// <summary>Tries out the settings under <c>groups</c>.</summary>
internal sealed class GroupDiagnostics(LdapProfile profile, LdapConnection connection)
{
    public const string FixForLeftOut = "Give the group a name that can stand in a token, or see groups.name and groups.prefix.";

    // As many as a directory of a large company has; what is read of each is its name.
    private const int MaxGroups = 100_000;

    // Many have one cause, which the first ones show.
    private const int Shown = 5;

    private static readonly string[] UsualMembers = ["member", "uniqueMember", "memberUid"];

    private static readonly string[] UsualNames = ["uid", "sAMAccountName", "cn", "mail", "userPrincipalName"];

    private static readonly LdapFilter IsGroup =
        LdapFilter.Parse("(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))");

    /// <summary>What the groups have in common when no filter says so.</summary>
    private LdapFilter Groups => profile.GroupSource == GroupSource.Search ? Samples.Has(profile.Member) : IsGroup;

    private LdapFilter Wanted => profile.GroupFilter is { } filter ? LdapFilter.AllOf(filter, Groups) : Groups;

    /// <summary>The first setting that is wrong; null when none is.</summary>
    public async Task<SettingFinding?> FaultAsync(CancellationToken ct)
    {
        if (profile.GroupSource == GroupSource.None) return null;
        if (!await connection.CanReadAsync(profile.GroupBase, ct))
            return SettingFinding.Wrong("groups.base", $"There is no {profile.GroupBase} that the service account may read.",
                "Copy the DN from the directory, and let the account read what is below it.");

        return (profile.GroupSource == GroupSource.MemberOf ? await FaultOfMemberOfAsync(ct) : null)
            ?? await FaultOfFilterAsync(ct) ?? await FaultOfMembersAsync(ct) ?? await FaultOfPrimaryGroupAsync(ct)
            ?? await FaultOfNameAsync(ct) ?? await FaultOfRequiredAsync(ct);
    }

    /// <summary>
    /// Groups that work and should be looked at: those that can't stand in a token, and those of which several would be one there.
    /// </summary>
    public async Task<IReadOnlyList<SettingFinding>> WarningsAsync(CancellationToken ct)
    {
        if (profile.GroupSource == GroupSource.None) return [];

        IReadOnlyList<LdapEntry> entries;
        try
        {
            var all = new LdapSearch(profile.GroupBase, SearchScope.Subtree, Wanted,
                profile.GroupName == LdapProfile.DnAsName ? [] : [profile.GroupName])
            {
                MaxEntries = MaxGroups,
            };
            entries = (await connection.SearchAsync(all, ct)).Whole("the search for all groups");
        }
        catch (LdapException fault) when (
            fault.Kind is LdapErrorKind.ErrorAnswer or LdapErrorKind.Referral or LdapErrorKind.TooLarge or LdapErrorKind.Timeout)
        {
            return [SettingFinding.Warning("groups", $"Not all groups could be looked at: {fault.Message}",
                "Narrow groups.base or groups.filter to the groups that tokens need.")];
        }

        var notPeople = await WarningAboutMembersAsync(ct);
        var groups = entries.Select(entry => DirectoryGroup.Of(entry, profile.GroupName)).ToList();
        var leftOut = groups.Select(group => GroupNames.FaultOf(profile, group)).OfType<UpstreamRemark.GroupLeftOut>().ToList();
        var alike = groups.Where(group => GroupNames.FaultOf(profile, group) is null)
            .GroupBy(group => profile.GroupPrefix + group.Name, StringComparer.Ordinal).Where(same => same.Count() > 1).ToList();
        return
        [
            .. notPeople is null ? [] : new[] { notPeople },
            .. leftOut.Take(Shown).Select(one => SettingFinding.Warning("groups", one.Words, FixForLeftOut)),
            .. alike.Take(Shown).Select(same => SettingFinding.Warning(
                "groups.name",
                $"{same.Count()} groups are called {same.Key} in tokens: "
                + string.Join("; ", same.Take(Shown).Select(group => TokenName.Show(group.Dn)))
                + ". Anybody who may create one of them gives its members what RBAC gives to the others.",
                "Set groups.base or groups.filter to where only administrators create groups, or groups.name to dn.")),
            .. leftOut.Count > Shown || alike.Count > Shown
                ? new[] { SettingFinding.Warning("groups",
                    $"In all {leftOut.Count} groups are left out of tokens, and {alike.Count} names are those of several groups.",
                    "Begin with those above.") }
                : [],
        ];
    }

    private async Task<SettingFinding?> FaultOfMemberOfAsync(CancellationToken ct) =>
        await connection.HasAnyAsync(profile.UserBase, LdapFilter.AllOf(profile.UserFilter, Samples.Has("memberOf")), ct)
            ? null
            : SettingFinding.Wrong("groups.source",
                "None of the people has memberOf: the directory does not keep it, or the service account may not read it.",
                "Write search, or have the directory keep it.");

    private async Task<SettingFinding?> FaultOfFilterAsync(CancellationToken ct)
    {
        if (await HasAnyAsync(Wanted, ct)) return null;
        if (profile.GroupFilter is not null && await HasAnyAsync(Groups, ct))
            return SettingFinding.Wrong("groups.filter", $"No group below {profile.GroupBase} matches it.",
                "Write one that finds the groups that are wanted, or remove the key.");

        if (profile.GroupSource == GroupSource.Search && await OtherMemberAsync(IsGroup, ct) is { } other)
            return SettingFinding.Wrong("groups.member", $"The groups there don't name their members in {profile.Member}, but in {other}.",
                $"Write {other}.");

        return SettingFinding.Wrong("groups.base", $"No group is below {profile.GroupBase} that the service account may read.",
            "Name the DN below which groups are.");
    }

    private async Task<SettingFinding?> FaultOfMembersAsync(CancellationToken ct)
    {
        if (profile.GroupSource != GroupSource.Search) return null;

        // Who may search for members need not read them.
        var members = await SomeMembersAsync(ct);
        if (members is []) return null;

        if (profile.MembersAre == LdapProfile.DnAsName)
        {
            if (members.Select(Encoding.UTF8.GetString).All(member => DistinguishedName.TryParse(member) is not null)) return null;
        }
        else if (await IsAnybodyAsync(profile.MembersAre, members, ct))
        {
            return null;
        }

        var example = $"In {profile.Member} of the groups there are values such as {TokenName.Show(Encoding.UTF8.GetString(members[0]))}";
        if (DistinguishedName.TryParse(Encoding.UTF8.GetString(members[0])) is not null)
            return SettingFinding.Wrong("groups.membersAre", $"{example}, which are DNs.", "Write dn.");

        foreach (var attribute in UsualNames.Append(profile.Username).Except([profile.MembersAre], StringComparer.OrdinalIgnoreCase))
        {
            if (await IsAnybodyAsync(attribute, members, ct))
                return SettingFinding.Wrong("groups.membersAre", $"{example}, which people have as {attribute}.", $"Write {attribute}.");
        }

        return null;
    }

    private async Task<IReadOnlyList<byte[]>> SomeMembersAsync(CancellationToken ct) =>
        [.. (await connection.SampleAsync(profile.GroupBase, Wanted, 20, [profile.Member], ct))
            .SelectMany(group => group.Values(profile.Member).Take(5))];

    /// <summary>Groups may be those of others than the people who sign in here; that none of them is one is seldom meant.</summary>
    private async Task<SettingFinding?> WarningAboutMembersAsync(CancellationToken ct)
    {
        if (profile.GroupSource != GroupSource.Search || profile.MembersAre == LdapProfile.DnAsName
            || await SomeMembersAsync(ct) is not [var first, ..] members)
            return null;

        return await IsAnybodyAsync(profile.MembersAre, members, ct)
            ? null
            : SettingFinding.Warning("groups.membersAre",
                $"In {profile.Member} of some groups there are values such as {TokenName.Show(Encoding.UTF8.GetString(first))}, and "
                + $"nobody below {profile.UserBase} has one of them as {profile.MembersAre}.",
                    "Write the attribute of a person that holds them.");
    }

    private Task<bool> IsAnybodyAsync(string attribute, IReadOnlyList<byte[]> members, CancellationToken ct) =>
        connection.HasAnyAsync(profile.UserBase,
            LdapFilter.AllOf(profile.UserFilter, LdapFilter.AnyOf([.. members.Select(member => LdapFilter.Equal(attribute, member))])), ct);

    private async Task<SettingFinding?> FaultOfPrimaryGroupAsync(CancellationToken ct) =>
        profile.PrimaryGroup is not { } primary
            || await connection.HasAnyAsync(profile.UserBase, LdapFilter.AllOf(profile.UserFilter, Samples.Has(primary)), ct)
            ? null
            : SettingFinding.Wrong("groups.primaryGroup", $"None of the people has {primary}, or the service account may not read it.",
                "Name the attribute that they share with their primary group, such as gidNumber, or remove the key.");

    private async Task<SettingFinding?> FaultOfNameAsync(CancellationToken ct) =>
        profile.GroupName == LdapProfile.DnAsName || await HasAnyAsync(LdapFilter.AllOf(Wanted, Samples.Has(profile.GroupName)), ct)
            ? null
            : SettingFinding.Wrong("groups.name", $"None of the groups has {profile.GroupName}, or the service account may not read it.",
                "Name an attribute that they have, or dn.");

    private async Task<SettingFinding?> FaultOfRequiredAsync(CancellationToken ct)
    {
        for (var i = 0; i < profile.RequiredGroups.Count; i++)
        {
            var required = profile.RequiredGroups[i];
            if (DistinguishedName.TryParse(required) is not null)
            {
                if (await connection.CanReadAsync(required, ct)) continue;
            }
            else if (profile.GroupName != LdapProfile.DnAsName)
            {
                var named = LdapFilter.Equal(profile.GroupName, required);
                if (await HasAnyAsync(LdapFilter.AllOf(Wanted, named), ct)) continue;
                if (profile.GroupSource == GroupSource.Search && await OtherMemberAsync(named, ct) is { } other)
                    return SettingFinding.Wrong("groups.member",
                        $"The group {required} does not name its members in {profile.Member}, but in {other}.", $"Write {other}.");
            }

            return SettingFinding.Wrong($"groups.required[{i}]",
                $"There is no group {required} below {profile.GroupBase}, so it lets nobody sign in.",
                "Write the name as the directory has it, without the prefix.");
        }

        return null;
    }

    /// <summary>The attribute in which groups such as these name their members after all; null when in none of the usual ones.</summary>
    private async Task<string?> OtherMemberAsync(LdapFilter groups, CancellationToken ct)
    {
        foreach (var other in UsualMembers)
        {
            if (await HasAnyAsync(LdapFilter.AllOf(groups, Samples.Has(other)), ct)) return other;
        }

        return null;
    }

    private Task<bool> HasAnyAsync(LdapFilter filter, CancellationToken ct) => connection.HasAnyAsync(profile.GroupBase, filter, ct);
}
