using KubeIdP.Connectors.Ldap;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Upstreams;

/// <summary>What must hold for the directories together, and for each by the rules of its own kind.</summary>
internal static class UpstreamRules
{
    private const int MaxNameLength = 40;

    public static IEnumerable<SettingsFault> Check(IReadOnlyDictionary<string, LdapOptions> directories) =>
    [
        .. directories.SelectMany(directory => CheckName(directory.Key)),
        .. directories.SelectMany(directory => LdapRules.Check(directory.Value).Select(fault => new SettingsFault($"{KeyOf(directory.Key)}.{fault.Key}", fault.What, fault.Fix))),
        .. CheckPrefixes(directories),
        .. CheckDomains(directories),
        .. CheckServers(directories),
    ];

    private static IEnumerable<SettingsFault> CheckName(string name)
    {
        if (string.Equals(name, ConnectorId.Local.Value, StringComparison.OrdinalIgnoreCase))
            yield return new(KeyOf(name), "This is the name of the accounts that live here.", "Give the directory another name, such as corp.");
        else if (name.Length is 0 or > MaxNameLength || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            yield return new(KeyOf(name), "This can't be the name of a directory.", $"Use 1 to {MaxNameLength} letters, digits, - and _: it stands in the audit and before the names of administrators' groups.");
    }

    /// <summary>The prefixes of all directories but this one, which its own groups' names must not begin with.</summary>
    public static IReadOnlyList<string> PrefixesBeside(string name, IReadOnlyDictionary<string, LdapOptions> directories) =>
        [.. WithGroups(directories).Where(directory => directory.Key != name).Select(directory => PrefixOf(directory.Value)).Where(prefix => prefix != "")];

    /// <summary>Otherwise whoever may name a group in one directory could give away what RBAC gives to a group of another.</summary>
    private static IEnumerable<SettingsFault> CheckPrefixes(IReadOnlyDictionary<string, LdapOptions> directories)
    {
        var all = WithGroups(directories).ToList();
        for (var i = 0; i < all.Count; i++)
        {
            // One may go without: its groups that are called as if they were another's are left out.
            if (all[..i].Where(other => BeginsOther(PrefixOf(other.Value), PrefixOf(all[i].Value))).Select(other => other.Key).ToList() is [_, ..] alike)
            {
                yield return new($"{KeyOf(all[i].Key)}.groups.prefix", $"Its groups can't be told from those of {string.Join(", ", alike)} in a token: one prefix begins the other.",
                    "Give all directories but one a prefix that begins no other's, such as corp: and lab:.");
            }
        }
    }

    private static bool BeginsOther(string one, string other) => (one, other) switch
    {
        ("", "") => true,
        ("", _) or (_, "") => false,
        _ => one.StartsWith(other, StringComparison.OrdinalIgnoreCase) || other.StartsWith(one, StringComparison.OrdinalIgnoreCase),
    };

    private static IEnumerable<KeyValuePair<string, LdapOptions>> WithGroups(IReadOnlyDictionary<string, LdapOptions> directories) =>
        directories.Where(directory => directory.Value.Groups.Source != GroupSource.None);

    private static string PrefixOf(LdapOptions directory) => directory.Groups.Prefix ?? "";

    private static IEnumerable<SettingsFault> CheckDomains(IReadOnlyDictionary<string, LdapOptions> directories) => directories
        .SelectMany(directory => directory.Value.Domains.Distinct(StringComparer.OrdinalIgnoreCase).Select(domain => (Name: directory.Key, Domain: domain)))
        .GroupBy(of => of.Domain, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
        .Select(same => new SettingsFault($"{KeyOf(same.Last().Name)}.domains", $"\"{same.Key}\" would lead to several directories: {string.Join(", ", same.Select(of => of.Name))}.",
            "Leave it to one of them."));

    /// <summary>
    /// Tries are counted by the account, which a directory tells by its id (decisions/0024). By another id, or by none where people sign in themselves, one account
    /// would have two counters, and what both let through could lock it.
    /// </summary>
    private static IEnumerable<SettingsFault> CheckServers(IReadOnlyDictionary<string, LdapOptions> directories)
    {
        var all = directories.ToList();
        for (var i = 0; i < all.Count; i++)
        {
            if (all[..i].Where(other => LdapRules.ShareServer(other.Value, all[i].Value) && !CountAlike(other.Value, all[i].Value)).Select(other => other.Key).ToList() is [_, ..] alike)
            {
                yield return new($"{KeyOf(all[i].Key)}.servers", $"It has a server of {string.Join(", ", alike)}, but tells accounts apart in another way: guesses at one account would be counted twice, and could lock it there.",
                    "Give both bindDn and the same users.id, or keep one of the two, with a users.base and users.filter for the people of both.");
            }
        }
    }

    private static bool CountAlike(LdapOptions one, LdapOptions other) =>
        one.BindAs is null && other.BindAs is null && one.Users.Id == other.Users.Id && (one.Users.Id is not null || one.Kind == other.Kind);

    private static string KeyOf(string name) => $"directories.{name}";
}
