using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace KubeIdP.Server.Logout;

/// <summary>
/// OpenID Connect RP-Initiated Logout 1.0, after OpenIddict has validated the hint and the redirect URI. A hint names the client and the
/// session, but does not end the session by itself, because tokens end up in logs. The session ends when its own cookie is sent, or when
/// the person confirms on a page (decisions/0022).
/// </summary>
internal sealed class LogoutEndpoint(SessionCookie cookie, LoginCookies logins, SessionStore sessions, ILogger<LogoutEndpoint> log)
{
    public const string Path = EndpointPaths.Logout;

    /// <summary>The page that asks for confirmation.</summary>
    private const string SignOutPage = "~/logout";

    /// <summary>In characters, of a request that is repeated by GET: the request line stays below the limit of servers.</summary>
    private const int MaxQueryLength = 6_000;

    public async Task<IResult> HandleAsync(HttpContext http, CancellationToken ct)
    {
        var request = http.GetOpenIddictServerRequest()!;
        var hint = (await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        var session = await cookie.FindAsync(http, ct);

        // A form posted from the site of the client has no session cookie (SameSite=Lax); the same request by GET has it.
        if (session is null && HttpMethods.IsPost(http.Request.Method)) return RepeatByGet(request);

        var hinted = hint?.GetClaim(TokenClaims.SessionId);
        if (session is not null)
        {
            if (session.Id != hinted) return new SeeOther(Languages.WithLanguage(SignOutPage, request.UiLocales));

            var client = hint!.GetAudiences().FirstOrDefault();
            await EndAsync(http, session, $"{GrantEnd.SignedOut} at the client, in the session's browser",
                Identifier.OrNull<ClientId>(client), ct);
        }

        // Without a session in this browser there is nothing to end here. The session of the hint continues in its own browser.
        return hinted is null || string.IsNullOrEmpty(request.PostLogoutRedirectUri)
            ? new SeeOther(Languages.WithLanguage("~/signed-out", request.UiLocales))
            : Results.SignOut(authenticationSchemes: [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }

    /// <summary>Ends the browser's session, all that was issued in it, and the browser's cookie.</summary>
    /// <param name="http">The request of the browser.</param>
    /// <param name="session">The session of its cookie.</param>
    /// <param name="how">The detail for the audit log.</param>
    /// <param name="clientId">The client that requested it; null when the person did, on a page of this server.</param>
    /// <param name="ct">Nothing is ended when it is cancelled in time.</param>
    public async Task EndAsync(HttpContext http, BrowserSession session, string how, ClientId? clientId, CancellationToken ct)
    {
        var by = new Actor(session.PersonId, http.Address(), http.Reference());
        if (await sessions.EndAsync(session.Id, by, GrantEnd.SignedOut, ct, how, clientId))
            log.SessionEnded(session.Id, session.PersonId, how);
        cookie.Remove(http);
        logins.RemoveAll(http);
    }

    private static SeeOther RepeatByGet(OpenIddictRequest request)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in request.GetParameters())
        {
            if ((string?)value is { } single) query.Add(name, single);
        }

        return query.ToString() is { Length: <= MaxQueryLength } text
            ? new SeeOther($"~{Path}{text}")
            : new SeeOther(Languages.WithLanguage(SignOutPage, request.UiLocales));
    }
}
