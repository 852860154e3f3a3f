using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

/// <summary>The rules that clusters and other clients share.</summary>
internal static class RelyingPartyRules
{
    // The addresses of kubelogin: both host names, with and without the slash that some versions and users add.
    private static readonly string[] KubectlRedirectUris = ["http://localhost:8000", "http://localhost:8000/", "http://127.0.0.1:8000",
        "http://127.0.0.1:8000/"];

    public static T WithLoopback<T>(T options) where T : RelyingPartyOptions =>
        options.RedirectUris is [] ? (T)(options with { RedirectUris = KubectlRedirectUris }) : options;

    /// <param name="key">Of the entry.</param>
    /// <param name="options">The entry.</param>
    /// <param name="targets">Where its codes may be sent.</param>
    /// <param name="upstreams">The upstreams that groups may name.</param>
    public static IEnumerable<SettingsFault> Check(string key, RelyingPartyOptions options, RedirectTargets targets,
        IReadOnlyCollection<ConnectorId> upstreams) =>
    [
        .. RedirectUriRules.Check(key, options, targets),
        .. CheckGroups($"{key}.groups", options.Groups),
        .. CheckAccess($"{key}.access", options.Access, upstreams),
    ];

    /// <summary>
    /// A cluster and another client must not have the same id. People and environment variables don't distinguish "prod" from "Prod", but
    /// API servers do.
    /// </summary>
    public static IEnumerable<SettingsFault> CheckIds(IEnumerable<string> clusters, IEnumerable<string> clients) =>
        clusters.Select(id => (Key: $"clusters.{id}", Id: id)).Concat(clients.Select(id => (Key: $"clients.{id}", Id: id)))
            .GroupBy(entry => entry.Id, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
            .Select(same => new SettingsFault(same.Last().Key,
                same.Select(entry => entry.Id).Distinct(StringComparer.Ordinal).Count() == 1
                    ? $"A client id can be given once: {string.Join(", ", same.Select(entry => entry.Key))}."
                    : $"Client ids differ only in case: {string.Join(", ", same.Select(entry => entry.Key))}.",
                "Keep one of them, or give them names that are easy to tell apart."));

    /// <summary>An empty list means nobody or everybody, depending on the reader: it is refused.</summary>
    private static IEnumerable<SettingsFault> CheckAccess(string key, AccessOptions? access, IReadOnlyCollection<ConnectorId> upstreams) =>
        access switch
        {
            null => [],
            { Groups: [] } => [new(key, "It names no group, so it does not say who may get tokens.",
                "List one or more groups below groups, or remove access, for everybody who can sign in.")],
            _ => UpstreamGroupRules.Check($"{key}.groups", access.Groups, upstreams),
        };

    private static IEnumerable<SettingsFault> CheckGroups(string key, ClientGroupOptions groups)
    {
        if (groups.Prefix is { } prefix && TokenName.FaultOf($"{prefix}x") is { } wrong)
            yield return new($"{key}.prefix", $"A group with this prefix {wrong}.", "Choose another, such as corp:.");

        foreach (var (group, name) in groups.Rename)
        {
            if (TokenName.FaultOf(name) is { } fault)
                yield return new($"{key}.rename.{group}", $"\"{name}\" {fault}.", "Give the group a name that Kubernetes accepts.");
        }
    }
}
