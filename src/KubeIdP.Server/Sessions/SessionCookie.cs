using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.DataProtection;

namespace KubeIdP.Server.Sessions;

/// <summary>
/// The browser's side of a session: a protected cookie with the session's id and the generation of the cookie, and nothing else. The
/// database is asked each time whether the session is live, so an ended session is invalid in every browser and on every replica at once,
/// and a copy of a cookie is invalid once the session was raised.
/// </summary>
internal sealed class SessionCookie(IDataProtectionProvider protection, SessionStore sessions, IssuerUrl issuer, SessionOptions options)
{
    private readonly string name = CookieShape.Name(issuer, "session");

    private readonly IDataProtector protector = protection.CreateProtector("KubeIdP.Session");

    /// <summary>The live session of this browser; null if it has none, regardless of the age of the cookie.</summary>
    public async Task<BrowserSession?> FindAsync(HttpContext http, CancellationToken ct)
    {
        if (!http.Request.Cookies.TryGetValue(name, out var value) || Unprotect(value) is not { } handle) return null;

        var session = await sessions.FindLiveAsync(handle, ct);
        return session is null || options.IsIdle(session.LastActiveAt, session.Now) ? null : session;
    }

    /// <summary>How the session in this browser's cookie ended; null if there is no cookie, or the session was deleted.</summary>
    public async Task<SessionEnd?> FindEndAsync(HttpContext http, CancellationToken ct) =>
        http.Request.Cookies.TryGetValue(name, out var value) && Unprotect(value) is { } handle
            ? await sessions.FindEndAsync(handle.Id, ct)
            : null;

    public void Write(HttpContext http, SessionHandle session)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{session.Id}.{session.Generation}");
        var shape = CookieShape.HostOnly();
        shape.MaxAge = options.AbsoluteLifetime;
        http.Response.Cookies.Append(name, Base64Url.EncodeToString(protector.Protect(Encoding.ASCII.GetBytes(text))), shape);
    }

    public void Remove(HttpContext http) => http.Response.Cookies.Delete(name, CookieShape.HostOnly());

    private SessionHandle? Unprotect(string value)
    {
        try
        {
            var text = Encoding.ASCII.GetString(protector.Unprotect(Base64Url.DecodeFromChars(value)));
            return text.Split('.') is [var id, var number] && int.TryParse(number, CultureInfo.InvariantCulture, out var generation)
                ? new SessionHandle(new SessionId(id), generation)
                : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
