using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// The authorization endpoint, after OpenIddict has validated client, redirect URI, PKCE and scopes: asks <see cref="NextStep"/> for the
/// step and performs it. The pages of a login redirect back here after each step; nothing is stored before somebody has signed in.
/// </summary>
internal sealed class AuthorizeEndpoint(
    SessionCookie cookie, SessionStore sessions, LoginCookies logins, LoginCompletion completion, CodePrecheck precheck, StepPages pages,
    ClientCatalog clients, RefusalAudit refusals, TokenMetrics metrics, IssuerUrl issuer, Database database, OutageReport outages,
    TimeProvider clock)
{
    public const string Path = EndpointPaths.Authorize;

    /// <summary>Where a person signs out of this browser; the feature Logout has the page.</summary>
    private const string EndSessionPage = "/logout";

    /// <summary>A parameter of this server, beside those of the client: which login of the browser this request belongs to.</summary>
    public const string LoginParameter = "login";

    public async Task<IResult> HandleAsync(HttpContext http, CancellationToken ct)
    {
        try
        {
            return await DecideAsync(http, ct);
        }
        catch (Exception fault) when (Outage.Is(fault) && http.GetOpenIddictServerRequest()!.HasPromptValue(PromptValues.None))
        {
            // OpenID Connect Core §3.1.2.6: a client that allows no page (prompt=none) gets an error; otherwise the browser shows the page
            // of Failures.
            database.DiscardConnections(fault);
            outages.Report(http.Reference(), fault);
            return Refuse(Errors.TemporarilyUnavailable, "The database does not answer right now. Try again in a moment.");
        }
    }

    private async Task<IResult> DecideAsync(HttpContext http, CancellationToken ct)
    {
        var request = http.GetOpenIddictServerRequest()!;
        var client = clients.Find(request.ClientId)!;

        // A form posted from another site has no SameSite=Lax cookies. The GET to which it is redirected has them.
        if (HttpMethods.IsPost(http.Request.Method)) return new SeeOther(Begin(request, client, QueryOf(request)).ReturnUrl);

        var ask = Ask.Of(request, client, await HintedSubjectAsync(http));
        var session = await cookie.FindAsync(http, ct);
        var query = QueryOf(request);
        var login = logins.Find(http, http.Request.Query[LoginParameter]) is { Endpoint: Path } found && found.Query == query
            ? found
            : null;

        var now = clock.GetUtcNow();
        var held = await pages.KindsOfAsync(NextStep.WhoseFactors(ask, session, login, now), ct);
        var step = NextStep.For(ask, session, login, held, now);
        if (PersonOf(step, session, login) is { } personId
            && await precheck.RefusalAsync(personId, session is { } own && own.PersonId == personId ? own.Id : null, client,
                request.GetScopes(), ct) is { } refusal)
        {
            if (refusal is CodeRefusal.Permanent permanent) await RecordAsync(http, permanent, client, personId, session);
            return Stop(http, refusal, ask, login, session, query);
        }

        switch (step)
        {
            case Step.RefuseLoginRequired:
                return Refuse(Errors.LoginRequired, "Nobody is signed in.");
            case Step.RefuseInteractionRequired:
                return Refuse(Errors.InteractionRequired, "The person must confirm this sign-in.");
            case Step.RefuseConsentRequired:
                return Refuse(Errors.ConsentRequired, "The person must consent to sharing their data with this client.");
            case Step.RefuseAccessDenied:
                logins.Remove(http, login!);
                return Refuse(Errors.AccessDenied, "The person refused consent.");
            case Step.OpenSession:
                return await OpenSessionAsync(http, request, client, login!, ct);
            case Step.RaiseSession:
                return await RaiseSessionAsync(http, request, client, login!, session, ct);
            case Step.Issue:
                return await IssueAsync(http, request, client, session!, login, ct);
        }

        return pages.PageOf(http, step, login ?? Begin(request, client, query), session, held);
    }

    private LoginState Begin(OpenIddictRequest request, Client client, string query) =>
        logins.Start(new LoginRequest(Path, query, client.Name)
    {
        ClientId = client.Id, RedirectOrigin = RedirectUri.OriginOf(request.RedirectUri!),
            LoginHint = request.LoginHint is { Length: <= TokenName.MaxLength } hint ? hint : null,
    });

    /// <summary>The person who would get the code of this step; null before a first proof.</summary>
    private static PersonId? PersonOf(Step step, BrowserSession? session, LoginState? login) => step switch
    {
        Step.OpenSession or Step.RaiseSession or Step.Consent when login is { FirstProof: { } proof, ProvenFactor: not null } =>
            proof.PersonId,
        Step.StepUp or Step.Continue or Step.Consent or Step.Issue => session?.PersonId,
        _ => null,
    };

    /// <summary>The client shows the reason to the person alone; administrators see it in the audit log and in the metric.</summary>
    private async Task RecordAsync(HttpContext http, CodeRefusal.Permanent refusal, Client client, PersonId personId,
        BrowserSession? session)
    {
        if (refusal.IsAccess) metrics.AccessRefused(client.Id);
        await refusals.RecordAsync(
            new NewAuditEvent(AuditEventType.AuthorizationRefused)
            {
                PersonId = personId, SessionId = session?.PersonId == personId ? session.Id : null, ClientId = client.Id,
                Address = http.Address(), Reference = http.Reference(), Detail = refusal.Advice,
            },
            RequestInfo.NetworkOf(http.Connection.RemoteIpAddress));
    }

    /// <summary>Refuses now what the redemption of the code would refuse.</summary>
    private IResult Stop(HttpContext http, CodeRefusal refusal, Ask ask, LoginState? login, BrowserSession? session,
        string query)
    {
        if (refusal is CodeRefusal.Temporary)
        {
            return ask.Silent
                ? Refuse(Errors.TemporarilyUnavailable, GrantCheck.Unknown.Advice)
                : CodePrecheck.UnknownPage;
        }

        if (login is not null) logins.Remove(http, login);

        // Sends the error to the client, as redemption would: the client ends and prints it at the terminal. With an error page, the client
        // would wait without a result.
        if (refusal is CodeRefusal.Permanent(var advice, var isAccess))
        {
            return Refuse(Errors.AccessDenied,
                isAccess && session is not null
                    ? $"{advice} If you have another account, sign out first: {issuer.Value.TrimEnd('/')}{EndSessionPage}"
                    : advice);
        }

        // Start again without a session.
        return ask.Silent ? Refuse(Errors.LoginRequired, "Nobody is signed in.") : new SeeOther($"~{Path}{query}");
    }

    private async Task<IResult> OpenSessionAsync(HttpContext http, OpenIddictRequest request, Client client, LoginState login,
        CancellationToken ct)
    {
        var sessionId = new SessionId(completion.NewId());
        var grant = NewGrantFor(sessionId, client, request);

        // Another login of this person was completed meanwhile, or an administrator changed the account: start again.
        if (await completion.OpenSessionAsync(http, login, sessionId, grant, ct) is not { } opened)
            return new SeeOther($"~{Path}{login.Query}");

        return opened == sessionId
            ? SignIn(login.FirstProof!.PersonId, grant)
            : await OpenGrantAsync(http, request, client, login.FirstProof!.PersonId, opened, ct);
    }

    private async Task<IResult> RaiseSessionAsync(HttpContext http, OpenIddictRequest request, Client client, LoginState login,
        BrowserSession? session, CancellationToken ct) =>
        await completion.RaiseSessionAsync(http, login, session, ct) is { } sessionId
            ? await OpenGrantAsync(http, request, client, login.FirstProof!.PersonId, sessionId, ct)
            : new SeeOther($"~{Path}{login.Query}");

    private Task<IResult> IssueAsync(HttpContext http, OpenIddictRequest request, Client client, BrowserSession session, LoginState? login,
        CancellationToken ct)
    {
        if (login is not null) logins.Remove(http, login);
        return OpenGrantAsync(http, request, client, session.PersonId, session.Id, ct);
    }

    private async Task<IResult> OpenGrantAsync(HttpContext http, OpenIddictRequest request, Client client, PersonId personId,
        SessionId sessionId, CancellationToken ct)
    {
        var grant = NewGrantFor(sessionId, client, request);
        return await sessions.OpenGrantAsync(grant, LoginCompletion.Audit(AuditEventType.GrantOpened, personId, sessionId, grant, http), ct)
            ? SignIn(personId, grant)
            : new SeeOther($"~{Path}{QueryOf(request)}");
    }

    /// <summary>The subject of the <c>id_token_hint</c>, which OpenIddict has verified. An expired hint is accepted.</summary>
    private static async Task<PersonId?> HintedSubjectAsync(HttpContext http) => Identifier.OrNull<PersonId>(
        (await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal?.GetClaim(Claims.Subject));

    private static string QueryOf(OpenIddictRequest request)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in request.GetParameters())
        {
            // A client secret does not belong in this request and must not get into an address.
            if (name is not (LoginParameter or Parameters.ClientSecret) && (string?)value is { } text) query.Add(name, text);
        }

        return query.ToString();
    }

    private NewGrant NewGrantFor(SessionId sessionId, Client client, OpenIddictRequest request) =>
        new(new GrantId(completion.NewId()), sessionId, client.Id,
            string.Join(' ', request.GetScopes())) { NotifiesOfLogout = client.Application?.BackChannelLogoutUri is not null };

    private static IResult SignIn(PersonId personId, NewGrant grant) => Results.SignIn(
        IssuedSubject.Person.PrincipalOf(personId, grant.Id, generation: 0, grant.Scopes.Split(' ')),
        authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);

    private static IResult Refuse(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = ErrorDescription.Of(description),
        }),
        [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
}
