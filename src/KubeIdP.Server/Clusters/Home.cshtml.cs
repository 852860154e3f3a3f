using KubeIdP.Core.Naming;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// The page at the issuer's address. A visitor who is not signed in sees what this server is, and nothing of its clusters; a person who is
/// signed in sees the clusters that they may use.
/// </summary>
internal sealed class HomeModel(SessionCookie cookie, Visitors visitors, OwnAuthority authority, ClientCatalog clients) : PageModel
{
    /// <summary>What the list is limited to; see <see cref="ClusterList.Of"/>.</summary>
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Words { get; set; }

    /// <summary>The label that the list is limited to; null: any.</summary>
    [BindProperty(SupportsGet = true, Name = "label")]
    public string? Label { get; set; }

    public bool IsLimited => Words is not null || Label is not null;

    /// <summary>Null if nobody is signed in.</summary>
    public BrowserSession? Session { get; private set; }

    /// <inheritdoc cref="Visitor.SeesAll"/>
    public bool SeesAll { get; private set; }

    public ClusterList? Clusters { get; private set; }

    /// <summary>The labels of all clusters that the person may use, with the number of clusters; the most frequent first.</summary>
    public IReadOnlyList<(string Label, int Count)> Labels { get; private set; } = [];

    public bool HasOwnAuthority => authority.File is not null;

    public bool HasClusters => clients.Clusters.Count > 0;

    public static string SignInAddress => $"{SignInRedirect.Path}{SignInRedirect.QueryOf("/", maxAge: null)}";

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (await cookie.FindAsync(HttpContext, ct) is not { } session
            || await visitors.FindAsync(session.PersonId, ct) is not { } visitor) return;

        ViewData[Navigation.Visitor] = Session = session;
        SeesAll = visitor.SeesAll;
        Words = Words is { Length: > 0 and <= TokenName.MaxLength } ? Words : null;
        Label = string.IsNullOrEmpty(Label) ? null : Label;
        Clusters = ClusterList.Of(clients.Clusters, visitor, Words, Label);
        if (Clusters.Usable > ClusterList.Few)
        {
            Labels = [.. clients.Clusters.Where(visitor.MayUse).SelectMany(ClusterList.LabelsOf).CountBy(label => label)
                .OrderByDescending(label => label.Value).ThenBy(label => label.Key, StringComparer.Ordinal)
                .Select(label => (label.Key, label.Value))];
        }
    }
}
