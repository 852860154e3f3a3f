using System.Text.RegularExpressions;
using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Clients;

/// <summary>Maps a person's groups to those in a client's tokens.</summary>
internal sealed class ClientGroups(ClientGroupOptions options)
{
    private readonly List<Regex> include = [.. options.Include.Select(Pattern)];
    private readonly List<Regex> exclude = [.. options.Exclude.Select(Pattern)];

    /// <summary>A name that Kubernetes reserves is never a group in a token, neither before nor after renaming.</summary>
    public string[] Of(IEnumerable<string> groups) =>
        [.. groups.Where(TokenName.IsAllowed).Where(IsWanted).Select(NameOf).Where(TokenName.IsAllowed).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// The groups that are left out because their name in the client's tokens is not allowed, each as a sentence without a full stop.
    /// </summary>
    public IReadOnlyList<string> LeftOutOf(IEnumerable<string> groups) =>
    [
        .. from named in groups
           where IsWanted(named)
           let fault = TokenName.FaultOf(NameOf(named))
           where fault is not null
           select $"The group {TokenName.Show(named)} is left out: its name in a token, {TokenName.Show(NameOf(named))}, {fault}",
    ];

    private bool IsWanted(string group) =>
        (include is [] || include.Exists(like => like.IsMatch(group))) && !exclude.Exists(like => like.IsMatch(group));

    private string NameOf(string group) => options.Rename.TryGetValue(group, out var name) ? name : options.Prefix + group;

    // Names come from directories, so the expression must not be vulnerable to long backtracking.
    private static Regex Pattern(string glob) =>
        new($"^{Regex.Escape(glob).Replace(@"\*", ".*", StringComparison.Ordinal)}$",
            RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
}
