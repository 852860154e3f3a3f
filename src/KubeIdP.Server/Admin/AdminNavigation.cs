using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Admin;

internal sealed class AdminNavigation(AdminAccess access) : INavigation
{
    public int Order => 3;

    /// <summary>By the last known groups: the link alone gives no access to the page.</summary>
    public async Task<NavigationLink?> LinkForAsync(BrowserSession visitor, CancellationToken ct) =>
        await access.LastRoleOfAsync(visitor.PersonId, ct) is AdminRole.None
            ? null
            : new NavigationLink(Web.Texts.Administration, "/admin/sessions", "/admin");
}
