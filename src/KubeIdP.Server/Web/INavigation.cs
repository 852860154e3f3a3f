using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Web;

/// <summary>A link in the main navigation that a feature adds for signed-in people.</summary>
internal interface INavigation
{
    /// <summary>The position: lower numbers first.</summary>
    int Order { get; }

    /// <summary>The link; null when it is not shown to this person.</summary>
    Task<NavigationLink?> LinkForAsync(BrowserSession visitor, CancellationToken ct);
}

/// <param name="Text">In the language of the request.</param>
/// <param name="Path">Within the issuer, beginning with a slash.</param>
/// <param name="Below">The link is marked as current on pages at and below this path.</param>
internal sealed record NavigationLink(string Text, string Path, string Below);

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
