using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Sessions;

/// <summary>
/// The browser's side of a session: a protected cookie with the session's id and nothing else. Whether the session lives is asked of the database each
/// time, so an ended session is dead in every browser and on every replica at once.
/// </summary>
internal sealed class SessionCookie(IDataProtectionProvider protection, SessionStore sessions, IssuerUrl issuer, SessionOptions options)
{
    private readonly string name = CookieShape.Name(issuer, "session");

    private readonly IDataProtector seal = protection.CreateProtector("KubeIdP.Session");

    /// <summary>The live session of this browser; null when it has none, whatever the cookie's own age says.</summary>
    public async Task<BrowserSession?> FindAsync(HttpContext http, CancellationToken ct)
    {
        if (!http.Request.Cookies.TryGetValue(name, out var value) || Unseal(value) is not { } id) return null;

        var session = await sessions.FindLiveAsync(new SessionId(id), ct);
        return session is null || options.IsIdle(session.LastActiveAt, session.Now) ? null : session;
    }

    /// <summary>How the session ended that this browser's cookie names; null when there is no cookie, or the session is not known any more.</summary>
    public async Task<SessionEnd?> FindEndAsync(HttpContext http, CancellationToken ct) =>
        http.Request.Cookies.TryGetValue(name, out var value) && Unseal(value) is { } id ? await sessions.FindEndAsync(new SessionId(id), ct) : null;

    public void Write(HttpContext http, SessionId sessionId)
    {
        var shape = CookieShape.HostOnly();
        shape.MaxAge = options.AbsoluteLifetime;
        http.Response.Cookies.Append(name, Base64Url.EncodeToString(seal.Protect(Encoding.ASCII.GetBytes(sessionId))), shape);
    }

    public void Remove(HttpContext http) => http.Response.Cookies.Delete(name, CookieShape.HostOnly());

    private string? Unseal(string value)
    {
        try
        {
            return Encoding.ASCII.GetString(seal.Unprotect(Base64Url.DecodeFromChars(value)));
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
