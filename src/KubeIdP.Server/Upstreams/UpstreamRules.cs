using KubeIdP.Connectors;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Upstreams;

/// <summary>The rules for all upstreams together, and for each upstream by its kind.</summary>
internal static class UpstreamRules
{
    private const int MaxNameLength = 40;

    public static IEnumerable<SettingsFault> Check(IReadOnlyDictionary<string, UpstreamOptions> upstreams) =>
    [
        .. upstreams.SelectMany(upstream => CheckName(upstream.Key)),
        .. upstreams.SelectMany(upstream => FaultsOf(upstream.Key, UpstreamKinds.Check(upstream.Value))),
        .. CheckPrefixes(upstreams),
        .. CheckDomains(upstreams),
        .. upstreams.SelectMany((upstream, i) => FaultsOf(upstream.Key, UpstreamKinds.CheckBeside(upstream.Value, upstreams.Take(i)))),
    ];

    /// <summary>The prefixes of all other upstreams, with which the names of this one's groups must not begin.</summary>
    public static IReadOnlyList<string> PrefixesBeside(string name, IReadOnlyDictionary<string, UpstreamOptions> upstreams) =>
        [.. PrefixesOf(upstreams).Where(upstream => upstream.Name != name && upstream.Prefix != "").Select(upstream => upstream.Prefix)];

    /// <summary>The configuration key of an upstream.</summary>
    public static string KeyOf(string name) => $"upstreams.{name}";

    private static IEnumerable<SettingsFault> CheckName(string name)
    {
        if (string.Equals(name, ConnectorId.Local.Value, StringComparison.OrdinalIgnoreCase))
        {
            yield return new(
                KeyOf(name), "This name is reserved for local accounts.", "Give the upstream another name, such as corp.");
        }
        else if (name.Length is 0 or > MaxNameLength || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            yield return new(
                KeyOf(name), "This is not a valid name for an upstream.",
                $"Use 1 to {MaxNameLength} letters, digits, - and _: it appears in the audit log and before the names of "
                + "administrators' groups.");
        }
    }

    private static IEnumerable<SettingsFault> FaultsOf(string name, IEnumerable<OptionFault> faults) =>
        faults.Select(fault => new SettingsFault($"{KeyOf(name)}.{fault.Key}", fault.What, fault.Fix));

    /// <summary>Otherwise somebody who may name groups in one upstream could grant the rights of a group of another upstream.</summary>
    private static IEnumerable<SettingsFault> CheckPrefixes(IReadOnlyDictionary<string, UpstreamOptions> upstreams)
    {
        var all = PrefixesOf(upstreams).ToList();
        for (var i = 0; i < all.Count; i++)
        {
            // One upstream may have no prefix: its groups whose names begin with the prefix of another are left out.
            if (all[..i].Where(other => BeginsOther(other.Prefix, all[i].Prefix)).Select(other => other.Name).ToList() is [_, ..] alike)
            {
                yield return new(
                    $"{KeyOf(all[i].Name)}.groups.prefix",
                    $"Its groups can't be distinguished from those of {string.Join(", ", alike)} in a token: "
                    + "one prefix is the beginning of the other.",
                    "Give all upstreams but one a prefix that is not the beginning of another prefix, such as corp: and lab:.");
            }
        }
    }

    private static bool BeginsOther(string one, string other) => (one, other) switch
    {
        ("", "") => true,
        ("", _) or (_, "") => false,
        _ => one.StartsWith(other, StringComparison.OrdinalIgnoreCase) || other.StartsWith(one, StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>Only of upstreams whose groups are read.</summary>
    private static IEnumerable<(string Name, string Prefix)> PrefixesOf(IReadOnlyDictionary<string, UpstreamOptions> upstreams) =>
        from upstream in upstreams
        let prefix = UpstreamKinds.GroupPrefixOf(upstream.Value)
        where prefix is not null
        select (upstream.Key, prefix);

    private static IEnumerable<SettingsFault> CheckDomains(IReadOnlyDictionary<string, UpstreamOptions> upstreams) => upstreams
        .SelectMany(upstream => upstream.Value.Domains
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(domain => (Name: upstream.Key, Domain: domain)))
        .GroupBy(of => of.Domain, StringComparer.OrdinalIgnoreCase)
        .Where(same => same.Count() > 1)
        .Select(same => new SettingsFault(
            $"{KeyOf(same.Last().Name)}.domains",
            $"\"{same.Key}\" is a domain of several upstreams: {string.Join(", ", same.Select(of => of.Name))}.",
            "Keep it at one of them."));
}
