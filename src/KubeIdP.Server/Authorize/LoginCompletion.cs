using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Turns a login with a first proof and a second factor into a session and its cookie, or raises the session that it was in.
/// </summary>
internal sealed class LoginCompletion(
    SessionCookie cookie, LoginCookies logins, SessionStore sessions, KnownBrowsers browsers, PasswordStampStore stamps,
    LoginMetrics metrics, SessionOptions options, TimeProvider clock)
{
    private const int MaxUserAgentLength = 256;

    /// <summary>
    /// How long the same login leads to the session that it has opened or raised: with a second click the browser cancels the first
    /// request and misses its response.
    /// </summary>
    private static readonly TimeSpan RepeatedWithin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The id of the session: <paramref name="sessionId"/>, or that of the session that this login has just opened. Null when the epoch of
    /// the person has changed since the first proof: another login was completed, a factor was changed, or an administrator changed the
    /// account. Then nothing is written, and this login can't continue.
    /// </summary>
    /// <param name="http">Receives the cookie.</param>
    /// <param name="login">With a first proof and a second factor.</param>
    /// <param name="sessionId">From <see cref="NewId"/>, new for each login; otherwise session fixation would be possible.</param>
    /// <param name="grant">The first grant; null when the person signs in to the pages of this server.</param>
    /// <param name="ct">Nothing is written when it is cancelled in time.</param>
    public async Task<SessionId?> OpenSessionAsync(HttpContext http, LoginState login, SessionId sessionId, NewGrant? grant,
        CancellationToken ct)
    {
        var proof = login.FirstProof!;
        var session = new NewSession(
            sessionId, proof.PersonId, proof.FactorEpoch, MethodsOf(login),
            http.Address(), UserAgentOf(http), options.AbsoluteLifetime) { LoginId = login.Key };

        // Read this first: a later change of the password raises the epoch, so that no session opens with the old password.
        var stamp = await stamps.FindAsync(proof.PersonId, ct);

        // Delete the login state first so that it cannot be replayed.
        logins.Remove(http, login);
        var isNew = await sessions.OpenAsync(session, grant, Audit(AuditEventType.LoginSucceeded, proof.PersonId, sessionId, grant, http),
            ct);
        if ((isNew ? new SessionHandle(sessionId, Generation: 0) : await FindRepeatedAsync(login, ct)) is not { } opened) return null;

        if (isNew) metrics.Succeeded();
        cookie.Write(http, opened);
        if (stamp is not null) browsers.Remember(http, stamp);
        return opened.Id;
    }

    /// <summary>
    /// The id of the raised session, also when this login has just raised it. Null when the session has ended or was raised by another
    /// login, or the epoch of the person has changed since the login began. Then nothing is written, and this login can't continue.
    /// </summary>
    /// <param name="http">Receives the new cookie, the only one that is accepted from now on.</param>
    /// <param name="login">With the session as its first proof, and a second factor.</param>
    /// <param name="session">
    /// The session that the browser has now; only this one is raised, so not one that is idle or was signed out.
    /// </param>
    /// <param name="ct">Nothing is written when it is cancelled in time.</param>
    public async Task<SessionId?> RaiseSessionAsync(HttpContext http, LoginState login, BrowserSession? session, CancellationToken ct)
    {
        var (proof, handle) = (login.FirstProof!, login.FirstProof!.Session!.Value);
        var raised = new RaisedSession(handle, proof.PersonId, proof.FactorEpoch, MethodsOf(login), login.Key);

        // Delete the login state first so that it cannot be replayed.
        logins.Remove(http, login);
        var audit = Audit(AuditEventType.SessionRaised, proof.PersonId, handle.Id, grant: null, http) with
        {
            ClientId = login.ClientId, Detail = raised.Amr,
        };
        var isNew = session?.Handle == handle && await sessions.RaiseAsync(raised, audit, ct);
        var next = handle with { Generation = handle.Generation + 1 };
        if ((isNew ? next : await FindRepeatedAsync(login, ct)) is not { } found) return null;

        cookie.Write(http, found);
        return found.Id;
    }

    /// <summary>A new id for a session or a grant. Ids sort by time and are not secret.</summary>
    public string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");

    public static NewAuditEvent Audit(string type, PersonId personId, SessionId sessionId, NewGrant? grant, HttpContext http) => new(type)
    {
        Actor = personId, PersonId = personId, SessionId = sessionId, GrantId = grant?.Id, ClientId = grant?.ClientId,
        Address = http.Address(), Reference = http.Reference(),
    };

    private static string MethodsOf(LoginState login) => $"{login.FirstProof!.With(FactorKind.Of(login.ProvenFactor!))}";

    private Task<SessionHandle?> FindRepeatedAsync(LoginState login, CancellationToken ct) =>
        sessions.FindOpenedAsync(login.Key, login.FirstProof!.PersonId, RepeatedWithin, ct);

    // The header may contain anything, and administrators read it.
    private static string UserAgentOf(HttpContext http) =>
        OutsideText.Cut(OutsideText.Show(http.Request.Headers.UserAgent.ToString()), MaxUserAgentLength);
}
