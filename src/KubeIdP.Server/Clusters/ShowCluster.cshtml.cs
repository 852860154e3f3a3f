using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Clusters;

/// <summary>One cluster, for a person who may use it: how to get there, and what they are there.</summary>
internal sealed class ShowClusterModel(SessionCookie cookie, Visitors visitors, ClientCatalog clients, OwnAuthority authority,
    IssuerUrl issuer, TokenOptions tokens) : PortalModel(cookie, visitors)
{
    /// <summary>With more groups than this the list is closed at first.</summary>
    public const int FewGroups = 20;

    public Client Cluster { get; private set; } = null!;

    public ClusterOptions Options => Cluster.Cluster!;

    public ClusterInstructions Instructions { get; private set; } = null!;

    /// <summary>The person's groups by their names in the cluster's tokens.</summary>
    public IReadOnlyList<string> Groups { get; private set; } = [];

    public TimeSpan Lifetime => tokens.LifetimeOf(Cluster);

    public TimeSpan RefusedWithin => RevocationBound.Of(Cluster, tokens);

    public TimeSpan GroupsWithin => RevocationBound.OfGroups(Cluster, tokens);

    public bool HasOwnAuthority => authority.File is not null;

    public IActionResult OnGet(string name)
    {
        if (clients.FindCluster(name) is not { } cluster) return ClusterRefusal.NoSuchCluster;
        if (!Visitor.MayUse(cluster) && !Visitor.SeesAll) return ClusterRefusal.PageFor(cluster);

        CopyScript.Allow(HttpContext);
        Cluster = cluster;
        Instructions = ClusterInstructions.Of(issuer, cluster, authority.ReadPem());
        Groups = [.. cluster.Groups.Of(Visitor.Person.Groups).Order(StringComparer.Ordinal)];
        return Page();
    }
}
