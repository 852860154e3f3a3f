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
        .. UpstreamGroupRules.Check($"{key}.access.groups", options.Access.Groups, upstreams),
    ];

    /// <summary>
    /// A cluster and another client must not have the same id. People and environment variables don't distinguish "prod" from "Prod", but
    /// API servers do.
    /// </summary>
    public static IEnumerable<SettingsFault> CheckIds(IEnumerable<string> clusters, IEnumerable<string> clients) =>
        clusters.Select(id => (Key: $"clusters.{id}", Id: id)).Concat(clients.Select(id => (Key: $"clients.{id}", Id: id)))
            .GroupBy(entry => entry.Id, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
            .Select(same => new SettingsFault(same.Last().Key,
                $"Client ids must differ in more than case: {string.Join(", ", same.Select(entry => entry.Key))}.",
                "Keep one of them, or give them names that are easy to tell apart."));

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
