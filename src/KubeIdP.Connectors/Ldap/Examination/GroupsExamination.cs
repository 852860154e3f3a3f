using KubeIdP.Connectors.Ldap.Protocol;

namespace KubeIdP.Connectors.Ldap.Examination;

/// <summary>Tries out the settings under <c>groups</c>.</summary>
internal sealed class GroupsExamination(LdapProfile profile, LdapConnection connection)
{
    private static readonly string[] UsualMembers = ["member", "uniqueMember", "memberUid"];

    private static readonly LdapFilter IsGroup = LdapFilter.Parse("(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))");

    /// <summary>What the groups have in common when no filter says so.</summary>
    private LdapFilter Groups => profile.GroupSource == GroupSource.Search ? Samples.Has(profile.Member) : IsGroup;

    private LdapFilter Wanted => profile.GroupFilter is { } filter ? LdapFilter.AllOf(filter, Groups) : Groups;

    /// <summary>The first setting that is wrong; null when none is.</summary>
    public async Task<SettingFinding?> FaultAsync(CancellationToken ct)
    {
        if (profile.GroupSource == GroupSource.None) return null;
        if (!await connection.CanReadAsync(profile.GroupBase, ct))
            return SettingFinding.Wrong("groups.base", $"There is no {profile.GroupBase} that our account may read.", "Copy the DN from the directory, and let the account read what is below it.");

        return (profile.GroupSource == GroupSource.MemberOf ? await FaultOfMemberOfAsync(ct) : null)
            ?? await FaultOfFilterAsync(ct) ?? await FaultOfMembersAsync(ct) ?? await FaultOfNameAsync(ct) ?? await FaultOfRequiredAsync(ct);
    }

    private async Task<SettingFinding?> FaultOfMemberOfAsync(CancellationToken ct) =>
        await connection.HasAnyAsync(profile, profile.UserBase, LdapFilter.AllOf(profile.UserFilter, Samples.Has("memberOf")), ct)
            ? null
            : SettingFinding.Wrong("groups.source", "None of the people has memberOf: the directory does not keep it, or our account may not read it.", "Write search, or have the directory keep it.");

    private async Task<SettingFinding?> FaultOfFilterAsync(CancellationToken ct)
    {
        if (await HasAnyAsync(Wanted, ct)) return null;
        if (profile.GroupFilter is not null && await HasAnyAsync(Groups, ct))
            return SettingFinding.Wrong("groups.filter", $"No group below {profile.GroupBase} matches it.", "Write one that finds the groups that are wanted, or remove the key.");

        if (profile.GroupSource == GroupSource.Search && await OtherMemberAsync(IsGroup, ct) is { } other)
            return SettingFinding.Wrong("groups.member", $"The groups there don't name their members in {profile.Member}, but in {other}.", $"Write {other}.");

        return SettingFinding.Wrong("groups.base", $"No group is below {profile.GroupBase} that our account may read.", "Name the DN below which groups are.");
    }

    private async Task<SettingFinding?> FaultOfMembersAsync(CancellationToken ct)
    {
        if (profile.GroupSource != GroupSource.Search) return null;

        var sample = await connection.SampleAsync(profile, profile.GroupBase, Wanted, 20, [profile.Member], ct);
        var areDns = sample.Select(group => group.Text(profile.Member)).OfType<string>().All(member => DistinguishedName.TryParse(member) is not null);
        if (areDns == (profile.MembersAre == MemberNaming.Dn)) return null;

        return SettingFinding.Wrong("groups.membersAre", $"In {profile.Member} of the groups there stand {(areDns ? "DNs" : "names of people")}.", $"Write {(areDns ? "dn" : "username")}.");
    }

    private async Task<SettingFinding?> FaultOfNameAsync(CancellationToken ct) =>
        profile.GroupName == LdapProfile.DnAsName || await HasAnyAsync(LdapFilter.AllOf(Wanted, Samples.Has(profile.GroupName)), ct)
            ? null
            : SettingFinding.Wrong("groups.name", $"None of the groups has {profile.GroupName}, or our account may not read it.", "Name an attribute that they have, or dn.");

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
                    return SettingFinding.Wrong("groups.member", $"The group {required} does not name its members in {profile.Member}, but in {other}.", $"Write {other}.");
            }

            return SettingFinding.Wrong($"groups.required[{i}]", $"There is no group {required} below {profile.GroupBase}, so nobody gets in by it.", "Write the name as the directory has it, without the prefix.");
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

    private Task<bool> HasAnyAsync(LdapFilter filter, CancellationToken ct) => connection.HasAnyAsync(profile, profile.GroupBase, filter, ct);
}
