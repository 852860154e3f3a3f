using KubeIdP.Data.Sessions;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Logout;

/// <summary>Asks for confirmation before signing out, because any site can link to the logout endpoint.</summary>
internal sealed class SignOutModel(SessionCookie cookie, LogoutEndpoint logout) : PageModel
{
    public string Username { get; private set; } = string.Empty;

    public string Action => Languages.WithLanguage("~/logout", Locales);

    private string Locales => Request.Query[Languages.Parameter].ToString();

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await cookie.FindAsync(HttpContext, ct) is not { } session)
            return new SeeOther(Languages.WithLanguage("~/signed-out", Locales));

        Username = session.Username;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await cookie.FindAsync(HttpContext, ct) is { } session)
            await logout.EndAsync(HttpContext, session, $"{GrantEnd.SignedOut} on the page that asks", clientId: null, ct);
        return new SeeOther(Languages.WithLanguage("~/signed-out", Locales));
    }
}
