using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// The page at the issuer's address. A visitor who is not signed in sees how to begin, without any secret; a person who is signed in sees
/// every cluster and what its administrator needs.
/// </summary>
internal sealed class HomeModel(SessionCookie cookie, OwnAuthority authority, IssuerUrl issuer, ClientCatalog clients) : PageModel
{
    public BrowserSession? Session { get; private set; }

    public bool HasOwnAuthority => authority.File is not null;

    public IReadOnlyList<ClusterInstructions> Clusters { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Session = await cookie.FindAsync(HttpContext, ct);
        ViewData[Navigation.Visitor] = Session;
        var all = ClusterInstructions.All(issuer, clients, authority.ReadPem());
        Clusters = Session is null ? [.. all.Take(1)] : all;
    }
}
