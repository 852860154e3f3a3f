using System.Text;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap.Diagnostics;

/// <summary>Tries out the settings under <c>groups</c>.</summary>
internal sealed class GroupDiagnostics(LdapProfile profile, LdapConnection connection)
{
    public const string FixForLeftOut = "Rename the group so that a token can contain its name, or see groups.name and groups.prefix.";

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
            return SettingFinding.Wrong("groups.base", $"{profile.GroupBase} does not exist, or the service account may not read it.",
                "Copy the DN from the directory, and allow the account to read the entries below it.");

        return (profile.GroupSource == GroupSource.MemberOf ? await FaultOfMemberOfAsync(ct) : null)
            ?? await FaultOfFilterAsync(ct) ?? await FaultOfMembersAsync(ct) ?? await FaultOfPrimaryGroupAsync(ct)
            ?? await FaultOfNameAsync(ct) ?? await FaultOfRequiredAsync(ct);
    }

    /// <summary>
    /// Groups that an administrator should check: those whose names no token can contain, and those that have the same name in tokens.
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
            return [SettingFinding.Warning("groups", $"Not all groups could be checked: {fault.Message}",
                "Restrict groups.base or groups.filter to the groups that tokens need.")];
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
                $"{same.Count()} groups have the same name in tokens, {same.Key}: "
                + string.Join("; ", same.Take(Shown).Select(group => TokenName.Show(group.Dn)))
                + ". Whoever may create one of them can give its members the rights that RBAC gives to the others.",
                "Set groups.base or groups.filter so that only groups that administrators create are found, or set groups.name to dn.")),
            .. leftOut.Count > Shown || alike.Count > Shown
                ? new[] { SettingFinding.Warning("groups",
                    $"In total, {leftOut.Count} groups are left out of tokens, and {alike.Count} names are each shared by several groups.",
                    "Begin with the groups above.") }
                : [],
        ];
    }

    private async Task<SettingFinding?> FaultOfMemberOfAsync(CancellationToken ct) =>
        await connection.HasAnyAsync(profile.UserBase, LdapFilter.AllOf(profile.UserFilter, Samples.Has("memberOf")), ct)
            ? null
            : SettingFinding.Wrong("groups.source",
                "No person has memberOf: the directory does not maintain it, or the service account may not read it.",
                "Write search, or make the directory maintain memberOf.");

    private async Task<SettingFinding?> FaultOfFilterAsync(CancellationToken ct)
    {
        if (await HasAnyAsync(Wanted, ct)) return null;
        if (profile.GroupFilter is not null && await HasAnyAsync(Groups, ct))
            return SettingFinding.Wrong("groups.filter", $"No group below {profile.GroupBase} matches it.",
                "Write a filter that finds the groups that you want, or remove the key.");

        if (profile.GroupSource == GroupSource.Search && await OtherMemberAsync(IsGroup, ct) is { } other)
            return SettingFinding.Wrong("groups.member", $"The groups there name their members in {other}, not in {profile.Member}.",
                $"Write {other}.");

        return SettingFinding.Wrong("groups.base", $"There is no group below {profile.GroupBase}, or the service account may not read any.",
            "Write the DN below which groups are.");
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

        var example = $"The attribute {profile.Member} of the groups has values such as "
            + $"{TokenName.Show(Encoding.UTF8.GetString(members[0]))}";
        if (DistinguishedName.TryParse(Encoding.UTF8.GetString(members[0])) is not null)
            return SettingFinding.Wrong("groups.membersAre", $"{example}, which are DNs.", "Write dn.");

        foreach (var attribute in UsualNames.Append(profile.Username).Except([profile.MembersAre], StringComparer.OrdinalIgnoreCase))
        {
            if (await IsAnybodyAsync(attribute, members, ct))
                return SettingFinding.Wrong("groups.membersAre", $"{example}, which are values of {attribute} of people.",
                    $"Write {attribute}.");
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
                $"The attribute {profile.Member} of some groups has values such as {TokenName.Show(Encoding.UTF8.GetString(first))}, but "
                + $"no person below {profile.UserBase} has such a value in {profile.MembersAre}.",
                    "Write the attribute of people that has these values.");
    }

    private Task<bool> IsAnybodyAsync(string attribute, IReadOnlyList<byte[]> members, CancellationToken ct) =>
        connection.HasAnyAsync(profile.UserBase,
            LdapFilter.AllOf(profile.UserFilter, LdapFilter.AnyOf([.. members.Select(member => LdapFilter.Equal(attribute, member))])), ct);

    private async Task<SettingFinding?> FaultOfPrimaryGroupAsync(CancellationToken ct) =>
        profile.PrimaryGroup is not { } primary
            || await connection.HasAnyAsync(profile.UserBase, LdapFilter.AllOf(profile.UserFilter, Samples.Has(primary)), ct)
            ? null
            : SettingFinding.Wrong("groups.primaryGroup", $"No person has {primary}, or the service account may not read it.",
                "Write the attribute that people share with their primary group, such as gidNumber, or remove the key.");

    private async Task<SettingFinding?> FaultOfNameAsync(CancellationToken ct) =>
        profile.GroupName == LdapProfile.DnAsName || await HasAnyAsync(LdapFilter.AllOf(Wanted, Samples.Has(profile.GroupName)), ct)
            ? null
            : SettingFinding.Wrong("groups.name", $"No group has {profile.GroupName}, or the service account may not read it.",
                "Write an attribute that the groups have, or dn.");

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
                        $"The group {required} names its members in {other}, not in {profile.Member}.", $"Write {other}.");
            }

            return SettingFinding.Wrong($"groups.required[{i}]",
                $"There is no group {required} below {profile.GroupBase}, so nobody can sign in by it.",
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
