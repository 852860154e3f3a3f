using KubeIdP.Connectors.Ldap;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Hosting.Configuration;

namespace KubeIdP.Server.Directories;

/// <summary>What must hold for the directories together, and for each by the rules of its own kind.</summary>
internal static class DirectoryRules
{
    private const int MaxNameLength = 40;

    public static IEnumerable<SettingsFault> Check(IReadOnlyDictionary<string, LdapOptions> directories) =>
    [
        .. directories.SelectMany(directory => CheckName(directory.Key)),
        .. directories.SelectMany(directory => LdapRules.Check(directory.Value).Select(fault => new SettingsFault($"{KeyOf(directory.Key)}.{fault.Key}", fault.What, fault.Mend))),
        .. CheckPrefixes(directories),
        .. CheckDomains(directories),
    ];

    private static IEnumerable<SettingsFault> CheckName(string name)
    {
        if (string.Equals(name, ConnectorId.Local.Value, StringComparison.OrdinalIgnoreCase))
            yield return new(KeyOf(name), "This is the name of the accounts that live here.", "Give the directory another name, such as corp.");
        else if (name.Length is 0 or > MaxNameLength || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            yield return new(KeyOf(name), "This can't be the name of a directory.", $"Use 1 to {MaxNameLength} letters, digits, - and _: it stands in the audit and before the names of administrators' groups.");
    }

    /// <summary>Otherwise whoever may name a group in one directory could give away what RBAC gives to a group of another.</summary>
    private static IEnumerable<SettingsFault> CheckPrefixes(IReadOnlyDictionary<string, LdapOptions> directories) => directories
        .Where(directory => directory.Value.Groups.Source != GroupSource.None)
        .GroupBy(directory => directory.Value.Groups.Prefix ?? "", StringComparer.Ordinal).Where(alike => alike.Count() > 1)
        .Select(alike => new SettingsFault($"{KeyOf(alike.Last().Key)}.groups.prefix",
            $"The groups of these directories can't be told apart in a token: {string.Join(", ", alike.Select(directory => directory.Key))}.",
            "Give all but one of them a prefix of its own, such as corp:."));

    private static IEnumerable<SettingsFault> CheckDomains(IReadOnlyDictionary<string, LdapOptions> directories) => directories
        .SelectMany(directory => directory.Value.Domains.Distinct(StringComparer.OrdinalIgnoreCase).Select(domain => (Name: directory.Key, Domain: domain)))
        .GroupBy(of => of.Domain, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
        .Select(same => new SettingsFault($"{KeyOf(same.Last().Name)}.domains", $"\"{same.Key}\" would lead to several directories: {string.Join(", ", same.Select(of => of.Name))}.",
            "Leave it to one of them."));

    private static string KeyOf(string name) => $"directories.{name}";
}
