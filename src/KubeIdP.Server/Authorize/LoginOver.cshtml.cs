using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// For whoever comes to a page of a login that is over: it was finished, took too long, or is none of ours. Its address still says which client it was for, so there
/// is a way on.
/// </summary>
internal sealed class LoginOverModel(SessionCookie cookie, ClientCatalog clients) : PageModel
{
    private const string ClientParameter = "client";

    public string? Username { get; private set; }

    /// <summary>The application to begin again at; null when it was a program, or our own pages, or nobody knows.</summary>
    public Client? Application { get; private set; }

    /// <summary>Where it is. From the configuration: an address in a link could be anybody's.</summary>
    public string? ApplicationAddress => Application is null ? null : RedirectUri.OriginOf(Application.Options.RedirectUris[0]);

    public bool IsForProgram { get; private set; }

    public static SeeOther For(ClientId? clientId) => new($"~/login-over{(string.IsNullOrEmpty(clientId) ? "" : $"?{ClientParameter}={Uri.EscapeDataString(clientId)}")}");

    public async Task OnGetAsync(CancellationToken ct)
    {
        var client = clients.Find(Request.Query[ClientParameter]);
        IsForProgram = client is { IsPublic: true };
        Application = client is { Options: { Kind: ClientKind.Web, RedirectUris.Count: > 0 } } ? client : null;

        var session = await cookie.FindAsync(HttpContext, ct);
        ViewData[Navigation.Visitor] = session;
        Username = session?.Username;
        if (session is null) Response.StatusCode = StatusCodes.Status400BadRequest;
    }
}
