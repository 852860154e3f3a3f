using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Clusters;

internal sealed class ClustersNavigation : INavigation
{
    public int Order => 1;

    public Task<NavigationLink?> LinkForAsync(BrowserSession visitor, CancellationToken ct) => Task.FromResult<NavigationLink?>(new(Web.Texts.Clusters, "/", "/"));
}
