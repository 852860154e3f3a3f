using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Upstreams;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Login;

/// <summary>
/// What follows from a first proof, whichever way it was given: log, metrics and audit event, and what the browser gets.
/// </summary>
internal sealed class FirstProofOutcome(
    ConnectorCatalog connectors, RefusalAudit audit, LoginMetrics metrics, TimeProvider clock, ILogger<FirstProofOutcome> logger)
{
    /// <summary>The login as it continues after the proof.</summary>
    /// <param name="http">The request that brought the proof; its response remembers the upstream.</param>
    /// <param name="login">The login for which it was given.</param>
    /// <param name="method">How it was given.</param>
    /// <param name="connector">Who vouches for it.</param>
    /// <param name="person">Whose proof it is.</param>
    public LoginState Accept(HttpContext http, LoginState login, ProofMethod method, ConnectorId connector, Person person)
    {
        if (connectors.Choices.Count > 1) ChosenUpstream.Remember(http, connector);
        logger.FirstProofAccepted(person.Id, connector.Value, login.ClientId);
        return login.After(new FirstProof(
            method, connector, new PersonId(person.Id), person.UserName!, person.FactorEpoch, person.FactorFailures,
            clock.GetUtcNow()));
    }

    /// <summary>
    /// Records any other result. The result is the page that tells the person; null after a refused password, when the form is shown again.
    /// </summary>
    public async Task<MessagePage?> RefuseAsync(
        HttpContext http, LoginState login, ProofMethod method, ConnectorId connector, ProofResult result)
    {
        switch (result)
        {
            case ProofResult.Unreachable(var detail):
                logger.FirstProofUncheckable(detail);
                metrics.Unavailable();
                return method is ProofMethod.Password
                    ? Page(StatusCodes.Status503ServiceUnavailable, Texts.UnavailableTitle, Texts.UnavailableWhat, Texts.UnavailableNext)
                    : Page(StatusCodes.Status503ServiceUnavailable, Texts.UnavailableTitle, Texts.UpstreamUnavailableWhat.With(connector),
                        Texts.UpstreamUnavailableNext);

            case ProofResult.Barred(var reason, var account, var why):
                metrics.Barred();
                await RecordAsync(http, login, connector, reason, account);
                return Page(StatusCodes.Status403Forbidden, why.Title, why.What, why.Next);

            case ProofResult.Refused(var reason, var account) when method is ProofMethod.Password:
                metrics.PasswordRefused();
                await RecordAsync(http, login, connector, reason, account);
                return null;

            case ProofResult.Refused(var reason, var account):
                metrics.UpstreamRefused();
                await RecordAsync(http, login, connector, reason, account);
                return Page(StatusCodes.Status403Forbidden, Texts.UpstreamRefusedTitle.With(connector),
                    Texts.UpstreamRefusedWhat.With(connector), Texts.UpstreamRefusedNext);

            default:
                throw new InvalidOperationException("The first proof has a result of an unknown kind.");
        }

        // After a form the browser can go back; the page before the callback is the upstream's.
        MessagePage Page(int status, string title, string what, string next) => new(status, title, what, next)
        {
            Link = method is ProofMethod.Password ? null : new MessageLink(login.AddressOf("login"), Texts.BackToSignIn),
        };
    }

    // A local account is recorded by its name only, without a connector.
    private Task RecordAsync(HttpContext http, LoginState login, ConnectorId connector, string reason, string? account)
    {
        logger.LoginRefused(login.ClientId, http.Address(), reason);
        return audit.RecordAsync(
            new NewAuditEvent(AuditEventType.LoginRefused)
            {
                ClientId = login.ClientId,
                Address = http.Address(),
                Detail = (connector == ConnectorId.Local ? "" : $"{connector}: ") + (account is null ? reason : $"{reason}: {account}"),
                Reference = http.Reference(),
            },
            RequestInfo.NetworkOf(http.Connection.RemoteIpAddress));
    }
}
