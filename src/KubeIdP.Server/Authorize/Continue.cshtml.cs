using KubeIdP.Data.Sessions;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Authorize;

/// <summary>"Continue as alice to prod": the person's word that the program which opened the browser was theirs.</summary>
internal sealed class ContinueModel(LoginCookies logins, SessionCookie cookie) : LoginStepModel(logins)
{
    private BrowserSession? session;

    public string Username => session!.Username;

    public IActionResult OnPost() => GoOn(State with { ContinuedSession = session!.Id });

    public IActionResult OnPostSwitch() => GoOn(State with { SwitchAccount = true });

    // What is agreed to is this very session; when it has ended meanwhile, the dispatcher asks for a new login.
    protected override async Task<IActionResult?> InsteadAsync(CancellationToken ct) =>
        (session = await cookie.FindAsync(HttpContext, ct)) is null ? GoOn() : null;
}
