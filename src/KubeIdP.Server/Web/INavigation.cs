using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Web;

/// <summary>A way between our own pages that a feature adds for people who are signed in.</summary>
internal interface INavigation
{
    /// <summary>Where among the others: the lowest first.</summary>
    int Order { get; }

    /// <summary>Null when the way is not shown to this person.</summary>
    Task<NavigationLink?> LinkForAsync(BrowserSession visitor, CancellationToken ct);
}

/// <param name="Text">In the language of the request.</param>
/// <param name="Path">Within the issuer, beginning with a slash.</param>
/// <param name="Below">The pages at and below this path are reached by it.</param>
internal sealed record NavigationLink(string Text, string Path, string Below);

/// <summary>A way that everybody who is signed in sees.</summary>
/// <param name="order">See <see cref="Order"/>.</param>
/// <param name="text">Asked for at each request, for its language.</param>
/// <param name="path">Of the page, below which all are reached by it.</param>
internal sealed class NavigationForAll(int order, Func<string> text, string path) : INavigation
{
    public int Order => order;

    public Task<NavigationLink?> LinkForAsync(BrowserSession visitor, CancellationToken ct) => Task.FromResult<NavigationLink?>(new(text(), path, path));
}
