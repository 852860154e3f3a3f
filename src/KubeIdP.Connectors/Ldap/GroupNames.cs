using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// From the groups that somebody is in to the names that go into tokens. A group that has none is left out, and that is reported: a name
/// that is cut, cleaned or guessed would be another group's.
/// </summary>
internal static class GroupNames
{
    /// <param name="profile">Gives the prefix of this directory's names, and those of the others.</param>
    /// <param name="groups">Each once.</param>
    /// <returns>The names, each once and in order; and what is left out.</returns>
    public static (IReadOnlyList<string> Names, IReadOnlyList<UpstreamRemark> LeftOut) Of(LdapProfile profile,
        IReadOnlyList<DirectoryGroup> groups)
    {
        var (names, leftOut) = (new SortedDictionary<string, DirectoryGroup>(StringComparer.Ordinal), new List<UpstreamRemark>());

        // Of two with one name it must not depend on the order of an answer which one is said to be left out.
        foreach (var group in groups.OrderBy(group => group.Dn, StringComparer.Ordinal))
        {
            if (FaultOf(profile, group) is { } fault)
                leftOut.Add(fault);
            else if (!names.TryAdd(profile.GroupPrefix + group.Name, group))
                leftOut.Add(
                    LeftOut(group, GroupFault.SameName,
                        $"{TokenName.Show(names[profile.GroupPrefix + group.Name].Dn)} has the same "
                        + $"name, {profile.GroupPrefix}{group.Name}, in a token"));
        }

        return ([.. names.Keys], leftOut);
    }

    /// <summary>Why this group goes into no token of any member; null: it goes.</summary>
    public static UpstreamRemark.GroupLeftOut? FaultOf(LdapProfile profile, DirectoryGroup group)
    {
        if (group.Fault is { } fault) return LeftOut(group, fault, WordsFor(fault, profile.GroupName));

        var name = profile.GroupPrefix + group.Name;
        if (TokenName.FaultOf(name) is { } wrong)
            return LeftOut(group, GroupFault.NotAllowed, $"its name in a token, {TokenName.Show(name)}, {wrong}");

        // Of two prefixes neither begins the other, so this can only be a name without one.
        return profile.ForeignPrefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) is { } foreign
            ? LeftOut(group, GroupFault.ForeignPrefix,
                $"its name, {TokenName.Show(name)}, begins with {foreign}, which is the prefix of another directory's groups")
            : null;
    }

    private static UpstreamRemark.GroupLeftOut LeftOut(DirectoryGroup group, GroupFault fault, string why) =>
        new(TokenName.Show(group.Dn), fault, why);

    private static string WordsFor(GroupFault fault, string attribute) => fault switch
    {
        GroupFault.Nameless => $"it has no {attribute} that the service account may read",
        GroupFault.ManyNames => $"it has several values of {attribute}, and none of them is in its DN",
        GroupFault.NoText => $"its {attribute} contains bytes that are not text",
        _ => throw new InvalidOperationException($"{fault} is not a fault of an entry."),
    };
}
