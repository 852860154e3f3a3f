using System.Net;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Upstreams;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Login;

internal sealed class LoginModel(
    LoginCookies cookies, SessionCookie session, SessionOptions options, KnownBrowsers browsers, ConnectorCatalog connectors,
    PasswordThrottle gate, PasswordLogin login, PasswordTimes times, RefusalAudit audit, LoginMetrics metrics, TimeProvider clock,
    ILogger<LoginModel> logger) : LoginStepModel(cookies)
{
    /// <summary>Any text is accepted, so that the answer does not reveal which names are valid.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Username { get; set; }

    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Password { get; set; }

    /// <summary>The chosen connector; on the first visit the one that was last chosen in this browser.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Directory { get; set; }

    public bool Refused { get; private set; }

    /// <summary>The connectors to choose from for a typed name; empty when there is no choice.</summary>
    public IReadOnlyList<ConnectorId> Choices => connectors.PasswordChoices is { Count: > 1 } choices ? choices : [];

    /// <summary>The connectors on whose own pages people can sign in, instead of this form.</summary>
    public IReadOnlyList<ConnectorId> Redirects => connectors.RedirectChoices;

    /// <summary>How the previous session of this browser ended; null when there is nothing to report.</summary>
    public EndedSession? Ended { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        // A restored tab, or one that was left open: the person may have signed in meanwhile and need not do so again.
        if (!Request.Query.ContainsKey(StepPages.DespiteSession) && await session.FindAsync(HttpContext, ct) is not null) return GoOn();

        Ended = await session.FindEndAsync(HttpContext, ct) is { } end ? EndedSession.For(end, options) : null;
        Username = UserName.Read(State.LoginHint ?? "");
        Directory = connectors.Resolve("", ChosenUpstream.Read(HttpContext)).Connector.Value;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var pace = new RefusalDelay(clock);
        var address = HttpContext.Connection.RemoteIpAddress;

        // A text that can't be a user name is treated like an unknown user; it is not processed further and not sent back.
        var username = UserName.Read(Username ?? "") ?? "";

        var account = connectors.Resolve(username, Directory);
        Directory = account.Connector.Value;
        switch (await TryAsync(username, account.Connector, address, ct))
        {
            case PasswordResult.Proven(var person):
                if (Choices.Count > 0) ChosenUpstream.Remember(HttpContext, account.Connector);
                logger.PasswordProven(person.Id, State.ClientId);
                return GoOn(State.After(new FirstProof(
                    ProofMethod.Password, account.Connector, new PersonId(person.Id), person.UserName!, person.FactorEpoch,
                    person.FactorFailures, clock.GetUtcNow())));

            case PasswordResult.Unreachable(var detail):
                logger.PasswordsUncheckable(detail);
                metrics.Unavailable();
                return new MessagePage(StatusCodes.Status503ServiceUnavailable, Texts.UnavailableTitle, Texts.UnavailableWhat,
                    Texts.UnavailableNext);

            case PasswordResult.Barred(var reason, var why):
                logger.LoginRefused(State.ClientId, address?.ToString(), reason);
                metrics.Barred();
                await audit.RecordAsync(EntryOf(reason, account, accountExists: true), RequestInfo.NetworkOf(address));
                return new MessagePage(StatusCodes.Status403Forbidden, why.Title, why.What, why.Next);

            case PasswordResult.Refused refusal:
                logger.LoginRefused(State.ClientId, address?.ToString(), refusal.Reason);
                metrics.PasswordRefused();
                await audit.RecordAsync(EntryOf(refusal.Reason, account, refusal.AccountExists), RequestInfo.NetworkOf(address));
                return await RefuseAsync(username, account.Connector, pace, ct);

            default:
                throw new InvalidOperationException("The attempt has a result of an unknown kind.");
        }
    }

    private async Task<PasswordResult> TryAsync(string username, ConnectorId connector, IPAddress? address, CancellationToken ct)
    {
        // An address that must wait anyway does not cause a request to the upstream.
        if (!browsers.IsKnown(HttpContext) && await gate.MustWaitAsync(address, ct))
            return new PasswordResult.Refused(nameof(Refusal.Delayed), AccountExists: false);

        return await login.TryAsync(
            username, connector, Password ?? "", new Visitor(address, HttpContext.TraceIdentifier), tried =>
                browsers.FindAsync(HttpContext, tried, ct), ct);
    }

    private async Task<IActionResult> RefuseAsync(string username, ConnectorId connector, RefusalDelay pace, CancellationToken ct)
    {
        await pace.WaitAsync(times.Of(connector), ct);

        // The typed values must not control what is shown, so the form is reset and shows only the name.
        ModelState.Clear();
        Username = username;
        Password = null;
        Refused = true;
        return Page();
    }

    // A local account is recorded by its name only, without a connector.
    private NewAuditEvent EntryOf(string reason, TypedAccount account, bool accountExists) => new(AuditEventType.LoginRefused)
    {
        ClientId = State.ClientId,
        Address = HttpContext.Connection.RemoteIpAddress?.ToString(),
        Detail = (account.Connector == ConnectorId.Local ? "" : $"{account.Connector}: ")
            + (accountExists ? $"{reason}: {account.Name}" : reason),
        Reference = HttpContext.TraceIdentifier,
    };
}
