using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Web;

/// <summary>A link that all signed-in people see.</summary>
/// <param name="order">See <see cref="Order"/>.</param>
/// <param name="text">The text; evaluated at each request, in its language.</param>
/// <param name="path">The path of the page; also marks the link on pages below it.</param>
internal sealed class NavigationForAll(int order, Func<string> text, string path) : INavigation
{
    public int Order => order;

    public Task<NavigationLink?> LinkForAsync(BrowserSession visitor, CancellationToken ct) =>
        Task.FromResult<NavigationLink?>(new(text(), path, path));
}
