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
