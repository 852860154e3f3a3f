using KubeIdP.Data.Sessions;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Authorize;

/// <summary>The page "Continue as alice to prod": the person confirms that they started the program that opened the browser.</summary>
internal sealed class ContinueModel(LoginCookies logins, SessionCookie cookie) : LoginStepModel(logins)
{
    private BrowserSession? session;

    public string Username => session!.Username;

    public IActionResult OnPost() => GoOn(State with { ContinuedSession = session!.Id });

    public IActionResult OnPostSwitch() => GoOn(State with { SwitchAccount = true });

    // The person confirms exactly this session; if it has ended meanwhile, the dispatcher requires a new login.
    protected override async Task<IActionResult?> InsteadAsync(CancellationToken ct) =>
        (session = await cookie.FindAsync(HttpContext, ct)) is null ? GoOn() : null;
}
