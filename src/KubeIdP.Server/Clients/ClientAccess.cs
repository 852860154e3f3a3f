using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Clients;

/// <summary>Decides by groups who may get tokens of a client.</summary>
/// <param name="options">Null: everybody who can sign in.</param>
internal sealed class ClientAccess(AccessOptions? options)
{
    private const int GroupsNamed = 5;

    private readonly ILookup<ConnectorId, string> allowed =
        (options?.Groups ?? []).Select(UpstreamGroup.Parse).OfType<UpstreamGroup>().ToLookup(group => group.Connector, group => group.Name);

    /// <summary>Whether everybody who can sign in may get them.</summary>
    public bool IsForEverybody => options is null;

    /// <summary>The groups whose members may, each as upstream:group; empty: everybody.</summary>
    public IReadOnlyList<string> Groups { get; } = options?.Groups ?? [];

    /// <param name="connector">The upstream of the person.</param>
    /// <param name="groups">The person's groups there, by the names that the upstream has.</param>
    public bool Allows(ConnectorId connector, IReadOnlyList<string> groups) =>
        IsForEverybody || allowed[connector].Any(groups.Contains);

    /// <summary>The first of the groups, for a sentence.</summary>
    public string NamedGroups
    {
        get
        {
            var named = string.Join(" or ", Groups.Take(GroupsNamed));
            return Groups.Count > GroupsNamed ? $"{named} or {Groups.Count - GroupsNamed} other groups" : named;
        }
    }

    /// <summary>The sentences for a person who may not; without their name, because the audit log keeps them.</summary>
    public string RefusalOf(ClientId client) =>
        $"You may not use {client}: it is only for members of {NamedGroups}. Ask an administrator to add you.";
}
