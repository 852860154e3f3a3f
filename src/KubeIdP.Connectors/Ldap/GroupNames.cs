using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// Makes the names for tokens from the groups of a person. A group without a usable name is left out, and this is reported: a name that was
/// shortened, cleaned or guessed could be that of another group.
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

        // Which of two groups of the same name is reported as left out must not depend on the order of the answer.
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

    /// <summary>Why this group is left out of all tokens; null: it is not.</summary>
    public static UpstreamRemark.GroupLeftOut? FaultOf(LdapProfile profile, DirectoryGroup group)
    {
        if (group.Fault is { } fault) return LeftOut(group, fault, WordsFor(fault, profile.GroupName));

        var name = profile.GroupPrefix + group.Name;
        if (TokenName.FaultOf(name) is { } wrong)
            return LeftOut(group, GroupFault.NotAllowed, $"its name in a token, {TokenName.Show(name)}, {wrong}");

        // No prefix is the beginning of another, so only a name without prefix can begin with a foreign one.
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
