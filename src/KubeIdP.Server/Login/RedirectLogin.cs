using System.Buffers.Text;
using System.Security.Cryptography;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Upstreams;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Login;

/// <summary>
/// The way of a browser to an upstream with a sign-in page of its own, and back. Nothing is stored on the server between the two requests:
/// the attempt is in the cookie of the login (<see cref="LoginState.Redirect"/>), so only the browser that began can complete it.
/// </summary>
internal sealed class RedirectLogin(
    LoginCookies logins, ConnectorCatalog connectors, UpstreamEvents events, ProofLinker linker, FirstProofOutcome outcome,
    IssuerUrl issuer, TimeProvider clock, ILogger<RedirectLogin> logger)
{
    public const string BeginPath = "/upstream/{upstream}";

    /// <summary>Each upstream has its own, so that none can answer for another (RFC 9700 §4.4.2).</summary>
    public const string CallbackPath = $"{BeginPath}/callback";

    private const string StateParameter = "state";

    private const int StateBytes = 32;

    /// <summary>Sends the browser to the upstream. The link is on the sign-in page.</summary>
    public Task BeginAsync(HttpContext http, string upstream, CancellationToken ct)
    {
        var id = http.Request.Query[AuthorizeEndpoint.LoginParameter];
        if (connectors.Find<IRedirectConnector>(new ConnectorId(upstream)) is not { } connector) return NotFoundAsync(http);

        return logins.Find(http, id) is { } login
            ? AnswerAsync(http, login, () => BeginAsync(http, login, connector, ct))
            : LoginOverModel.For(logins.ClientOf(id)).ExecuteAsync(http);
    }

    /// <summary>Takes the browser back from the upstream.</summary>
    public Task CompleteAsync(HttpContext http, string upstream, CancellationToken ct)
    {
        if (connectors.Find<IRedirectConnector>(new ConnectorId(upstream)) is not { } connector) return NotFoundAsync(http);

        // RFC 6749 §3.1: no parameter may occur twice.
        var query = http.Request.Query;
        if (query.All(parameter => parameter.Value.Count == 1)
            && logins.FindRedirected(http, connector.Id, query[StateParameter].ToString()) is { Redirect: { } pending } login)
        {
            var returned = query.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.Ordinal);
            return AnswerAsync(http, login, () => CompleteAsync(http, login, pending, connector, returned, ct));
        }

        logger.AnswerWithoutLogin(connector.Id.Value);
        return LoginOverModel.For(clientId: null).ExecuteAsync(http);
    }

    private async Task<IResult> BeginAsync(HttpContext http, LoginState login, IRedirectConnector connector, CancellationToken ct)
    {
        var pending = new PendingRedirect(
            connector.Id, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(StateBytes)), Secret: "", login.MustProveAgain);
        switch (await connector.BeginAsync(AttemptOf(login, pending), ct))
        {
            case RedirectStart.Redirect(var address, var form, var secret):
                var begun = login.StartedOver() with { Redirect = pending with { Secret = secret } };
                if (!logins.SaveRedirected(http, begun))
                {
                    logger.RequestTooLongForUpstream(login.ClientId, connector.Id.Value);
                    return new MessagePage(StatusCodes.Status400BadRequest, Texts.RequestTooLongTitle.With(connector.Id),
                        Texts.RequestTooLongWhat, Texts.RequestTooLongNext);
                }

                return form is null ? new SeeOther(address.AbsoluteUri) : new UpstreamForm(address, form, connector.Id);

            case RedirectStart.Unreachable(var detail):
                await events.UnreachableAsync(connector.Id, detail, ct);
                return await RefuseAsync(http, login, connector, new ProofResult.Unreachable($"{connector.Id}: {detail}"));

            default:
                throw new InvalidOperationException("The connector gave a start of an unknown kind.");
        }
    }

    private async Task<IResult> CompleteAsync(HttpContext http, LoginState login, PendingRedirect pending, IRedirectConnector connector,
        Dictionary<string, string> returned, CancellationToken ct)
    {
        // Use up the attempt before it is completed, also if that fails: the page of a failure drops the headers that were set before.
        var isSaved = false;
        http.Response.OnStarting(() =>
        {
            if (!isSaved) logins.Save(http, login);
            return Task.CompletedTask;
        });

        var start = clock.GetTimestamp();
        var answer = await connector.CompleteAsync(AttemptOf(login, pending), pending.Secret, returned, ct);
        await events.RecordAnswerAsync(connector.Id, "login", answer, clock.GetElapsedTime(start), ct);
        var result = await ResultOfAsync(http, connector.Id, answer, ct);
        var (next, page) = result is ProofResult.Proven(var person)
            ? (outcome.Accept(http, login, ProofMethod.Upstream, connector.Id, person), new SeeOther(login.ReturnUrl))

            // The upstream may remember an account that is refused here; the next attempt must let the person choose another.
            : (login with { SwitchAccount = true }, await RefuseAsync(http, login, connector, result));
        logins.Save(http, next);
        isSaved = true;
        return page;
    }

    private async Task<ProofResult> ResultOfAsync(HttpContext http, ConnectorId connector, UpstreamAnswer answer, CancellationToken ct) =>
        answer switch
        {
            UpstreamAnswer.Known(var identity) => await linker.LinkAsync(connector, identity, identity.Username, http, ct),
            UpstreamAnswer.Refused { IdentityProven: true, Reason: var reason } =>
                new ProofResult.Barred(reason.ToString(), Account: null, RefusedLogin.For(reason)),
            UpstreamAnswer.Refused(var reason) => new ProofResult.Refused(reason.ToString(), Account: null),
            UpstreamAnswer.Unreachable(var detail) => new ProofResult.Unreachable($"{connector}: {detail}"),
            _ => throw new InvalidOperationException("The connector gave an answer of an unknown kind."),
        };

    private async Task<IResult> RefuseAsync(HttpContext http, LoginState login, IRedirectConnector connector, ProofResult result) =>
        (await outcome.RefuseAsync(http, login, ProofMethod.Upstream, connector.Id, result))!;

    private RedirectAttempt AttemptOf(LoginState login, PendingRedirect pending) =>
        new(pending.State, new Uri($"{issuer.Value.TrimEnd('/')}/upstream/{pending.Connector}/callback"), login.LoginHint, pending.IsFresh);

    // The layout is rendered when the result is executed, so the language must be set around both.
    private static async Task AnswerAsync(HttpContext http, LoginState login, Func<Task<IResult>> decide)
    {
        Languages.Use(http, login.Locales);
        await (await decide()).ExecuteAsync(http);
    }

    private static Task NotFoundAsync(HttpContext http) => Results.NotFound().ExecuteAsync(http);
}
