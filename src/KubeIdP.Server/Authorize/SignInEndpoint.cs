using System.Globalization;
using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.Extensions.Primitives;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Signs a person in to the pages of this server, which need a session and no tokens. <see cref="NextStep"/> decides as for clients; when
/// the login is complete, the browser goes back to the page that required it.
/// </summary>
internal sealed class SignInEndpoint(SessionCookie cookie, LoginCookies logins, LoginCompletion completion, CodePrecheck precheck,
    StepPages pages, TimeProvider clock)
{
    public const string Path = SignInRedirect.Path;

    public async Task<IResult> HandleAsync(HttpContext http, CancellationToken ct)
    {
        // Only a path of this server is accepted: "//evil.example" and "/\evil.example" are addresses of other hosts.
        var page = http.Request.Query[SignInRedirect.Return].ToString();
        var (maxAge, isNumber) = MaxAgeOf(http.Request.Query[SignInRedirect.MaxAge]);
        if (!isNumber || page.Length is 0 or > SignInRedirect.MaxReturnLength || page[0] != '/'
            || page.AsSpan(1).IndexOfAny('\\', '\r', '\n') >= 0 || page.StartsWith("//", StringComparison.Ordinal))
            return new MessagePage(StatusCodes.Status400BadRequest, Texts.BrokenLinkTitle, Texts.BrokenLinkWhat, Texts.BrokenLinkNext);

        var ask = new Ask(Silent: false, ForceLogin: false, MustAgree: false, MustConsent: false, maxAge, Subject: null);
        var query = SignInRedirect.QueryOf(page, maxAge);
        var login = logins.Find(http, http.Request.Query[AuthorizeEndpoint.LoginParameter]) is { Endpoint: Path } found
            && found.Query == query ? found : null;

        var session = await cookie.FindAsync(http, ct);
        var now = clock.GetUtcNow();
        var held = await pages.KindsOfAsync(NextStep.WhoseFactors(ask, session, login, now), ct);
        var step = NextStep.For(ask, session, login, held, now);

        // Signing in asks the directory; proving a factor alone does not, and must not give an account back its pages.
        if (step is Step.StepUp or Step.RaiseSession
            && await RefusalAsync(session?.PersonId ?? login!.FirstProof!.PersonId, ct) is { } refusal)
        {
            if (refusal is CodeRefusal.Temporary) return CodePrecheck.UnknownPage;

            if (login is not null) logins.Remove(http, login);
            return new SeeOther($"~{Path}{query}");
        }

        switch (step)
        {
            case Step.Issue:
                if (login is not null) logins.Remove(http, login);
                return new SeeOther($"~{page}");

            case Step.OpenSession:
                return await completion.OpenSessionAsync(http, login!, new SessionId(completion.NewId()), grant: null, ct) is not null
                    ? new SeeOther($"~{page}")
                    : new SeeOther($"~{Path}{query}");

            case Step.RaiseSession:
                return await completion.RaiseSessionAsync(http, login!, session, ct) is not null
                    ? new SeeOther($"~{page}")
                    : new SeeOther($"~{Path}{query}");

            default:
                login ??= logins.Start(new LoginRequest(Path, query, Destination: null));
                return pages.PageOf(http, step, login, session, held);
        }
    }

    private Task<CodeRefusal?> RefusalAsync(PersonId personId, CancellationToken ct) =>
        precheck.RefusalAsync(personId, sessionId: null, client: null, scopes: [], ct);

    /// <summary>A value that is not a number is refused, because ignoring it would drop the requirement of a recent login.</summary>
    private static (TimeSpan? Age, bool IsNumber) MaxAgeOf(StringValues sent) =>
        sent.Count == 0 ? (null, true)
        : sent.ToString().All(char.IsAsciiDigit) && int.TryParse(sent, CultureInfo.InvariantCulture, out var seconds)
        ? (TimeSpan.FromSeconds(seconds), true)
        : (null, false);
}
