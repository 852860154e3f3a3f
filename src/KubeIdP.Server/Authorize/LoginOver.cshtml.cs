using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// The page for a login that is over: it is finished, took too long, or was not made by this server. Its address still contains the client,
/// so the page can link to it.
/// </summary>
internal sealed class LoginOverModel(SessionCookie cookie, ClientCatalog clients) : PageModel
{
    private const string ClientParameter = "client";

    public string? Username { get; private set; }

    /// <summary>The application at which to start again; null for a program, for the pages of this server, or when it is unknown.</summary>
    public Client? Application { get; private set; }

    /// <summary>The address of the application, from the configuration: an address in a link could lead anywhere.</summary>
    public string? ApplicationAddress => Application is null ? null : RedirectUri.OriginOf(Application.Options.RedirectUris[0]);

    public bool IsForProgram { get; private set; }

    public static SeeOther For(ClientId? clientId) =>
        new($"~/login-over{(string.IsNullOrEmpty(clientId) ? "" : $"?{ClientParameter}={Uri.EscapeDataString(clientId)}")}");

    public async Task OnGetAsync(CancellationToken ct)
    {
        var client = clients.Find(Request.Query[ClientParameter]);
        IsForProgram = client is { IsPublic: true, Kind: not ClientKind.Spa };
        Application = client is { Kind: ClientKind.Web or ClientKind.Spa, Options.RedirectUris.Count: > 0 } ? client : null;

        var session = await cookie.FindAsync(HttpContext, ct);
        ViewData[Navigation.Visitor] = session;
        Username = session?.Username;
        if (session is null) Response.StatusCode = StatusCodes.Status400BadRequest;
    }
}
