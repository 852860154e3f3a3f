using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters.ApiServer;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Clusters;

/// <summary>What the API server of a cluster needs, for administrators and auditors of this server. Nothing of it is secret.</summary>
internal sealed class ApiServerModel(SessionCookie cookie, Visitors visitors, ClientCatalog clients, OwnAuthority authority,
    IssuerUrl issuer) : PortalModel(cookie, visitors)
{
    public Client Cluster { get; private set; } = null!;

    public ClusterInstructions Instructions { get; private set; } = null!;

    public PlatformGuide Guide { get; private set; } = null!;

    public IActionResult OnGet(string name)
    {
        if (!Visitor.SeesAll)
            return new MessagePage(StatusCodes.Status403Forbidden, Texts.OnlyAdministratorsTitle, Texts.OnlyAdministratorsWhat,
                Texts.OnlyAdministratorsNext);
        if (clients.FindCluster(name) is not { } cluster) return ClusterRefusal.NoSuchCluster;

        CopyScript.Allow(HttpContext);
        Cluster = cluster;
        Instructions = ClusterInstructions.Of(issuer, cluster, authority.ReadPem());
        Guide = PlatformGuides.For(Instructions);
        return Page();
    }
}
