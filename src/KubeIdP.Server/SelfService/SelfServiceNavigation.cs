using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.SelfService;

internal sealed class SelfServiceNavigation : INavigation
{
    public int Order => 2;

    public Task<NavigationLink?> LinkForAsync(BrowserSession visitor, CancellationToken ct) => Task.FromResult<NavigationLink?>(new(Web.Texts.YourAccount, "/account", "/account"));
}
