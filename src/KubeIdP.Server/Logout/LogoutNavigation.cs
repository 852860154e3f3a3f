using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Logout;

internal sealed class LogoutNavigation : INavigation
{
    public int Order => 4;

    public Task<NavigationLink?> LinkForAsync(BrowserSession visitor, CancellationToken ct) => Task.FromResult<NavigationLink?>(new(Web.Texts.SignOut, "/logout", "/logout"));
}
