using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Shared;
using KubeIdP.Server.Tokens;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace KubeIdP.Server.Sessions;

/// <summary>
/// OpenID Connect RP-Initiated Logout 1.0, after OpenIddict has checked the hint and the address to return to. With a genuine hint of this browser's
/// session it ends that session and returns; without one it asks first and returns nowhere, for anybody can make a link.
/// </summary>
internal sealed class LogoutEndpoint(SessionCookie cookie, SessionStore sessions, ILogger<LogoutEndpoint> log)
{
    public const string Path = "/connect/logout";

    public async Task<IResult> HandleAsync(HttpContext http, CancellationToken ct)
    {
        var hint = (await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        var session = await cookie.FindAsync(http, ct);

        // The hint may be hours old, ID tokens live a minute. Without a cookie it is still the client's word that its user is leaving.
        if (hint?.GetClaim(TokenClaims.SessionId) is not { } hinted || (session is not null && session.Id != hinted))
            return new SeeOther(session is null ? "~/signed-out" : "~/logout");

        await EndAsync(http, hinted, hint.GetClaim(OpenIddictConstants.Claims.Subject)!, ct);
        return http.GetOpenIddictServerRequest()!.PostLogoutRedirectUri is null
            ? new SeeOther("~/signed-out")
            : Results.SignOut(authenticationSchemes: [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }

    /// <summary>Ends the session, all that was issued in it, and the browser's cookie.</summary>
    public async Task EndAsync(HttpContext http, string sessionId, string personId, CancellationToken ct)
    {
        var audit = new AuditEntry(AuditEventType.SessionEnded)
        {
            Actor = personId, PersonId = personId, SessionId = sessionId, Address = http.Address(), Reference = http.Reference(), Detail = GrantEnd.SignedOut,
        };
        if (await sessions.EndAsync(sessionId, personId, GrantEnd.SignedOut, audit, ct)) log.SessionEnded(sessionId, personId, GrantEnd.SignedOut);
        cookie.Remove(http);
    }
}
