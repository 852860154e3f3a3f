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
    LoginCookies cookies, SessionCookie session, SessionOptions options, KnownBrowsers browsers, ConnectorCatalog connectors, PasswordThrottle gate, PasswordLogin login, PasswordTimes times, RefusalAudit audit, LoginMetrics metrics, TimeProvider clock, ILogger<LoginModel> logger) : LoginStepModel(cookies)
{
    /// <summary>Whatever it is: a stranger learns nothing from how it is refused.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Username { get; set; }

    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Password { get; set; }

    /// <summary>The connector that was chosen; on the first visit the one that this browser chose last.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Directory { get; set; }

    public bool Refused { get; private set; }

    /// <summary>Where the account of a typed name may be; empty when there is nothing to choose.</summary>
    public IReadOnlyList<ConnectorId> Choices => connectors.PasswordChoices is { Count: > 1 } choices ? choices : [];

    /// <summary>On whose own pages somebody can sign in, in place of the form.</summary>
    public IReadOnlyList<ConnectorId> Redirects => connectors.RedirectChoices;

    /// <summary>What became of the session that this browser had; null when there is nothing to say.</summary>
    public EndedSession? Ended { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        // A tab that is restored or was left open: somebody has signed in by now, and perhaps need not do so again.
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

        // What nobody can be called is nobody, and is neither looked at any further nor sent back.
        var username = UserName.Read(Username ?? "") ?? "";

        var account = connectors.Resolve(username, Directory);
        Directory = account.Connector.Value;
        switch (await TryAsync(username, account.Connector, address, ct))
        {
            case PasswordResult.Proven(var person):
                if (Choices.Count > 0) ChosenUpstream.Remember(HttpContext, account.Connector);
                logger.PasswordProven(person.Id, State.ClientId);
                return GoOn(State with
                {
                    FirstProof = new FirstProof(
                        ProofMethod.Password, account.Connector, new PersonId(person.Id), person.UserName!, person.FactorEpoch, person.FactorFailures,
                        clock.GetUtcNow()),
                });

            case PasswordResult.Unreachable(var detail):
                logger.PasswordsUncheckable(detail);
                metrics.Unavailable();
                return new MessagePage(StatusCodes.Status503ServiceUnavailable, Texts.UnavailableTitle, Texts.UnavailableWhat, Texts.UnavailableNext);

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
                throw new InvalidOperationException("A try has one of four results.");
        }
    }

    private async Task<PasswordResult> TryAsync(string username, ConnectorId connector, IPAddress? address, CancellationToken ct)
    {
        // Nor is the upstream asked for whoever must wait in any case.
        if (!browsers.IsKnown(HttpContext) && await gate.MustWaitAsync(address, ct)) return new PasswordResult.Refused(nameof(Refusal.Delayed), AccountExists: false);

        return await login.TryAsync(
            username, connector, Password ?? "", new Visitor(address, HttpContext.TraceIdentifier), tried => browsers.FindAsync(HttpContext, tried, ct), ct);
    }

    private async Task<IActionResult> RefuseAsync(string username, ConnectorId connector, RefusalDelay pace, CancellationToken ct)
    {
        await pace.WaitAsync(times.Of(connector), ct);

        // What was typed must not decide over what is shown, so the form starts afresh with the name.
        ModelState.Clear();
        Username = username;
        Password = null;
        Refused = true;
        return Page();
    }

    // A local account is called by its name alone.
    private NewAuditEvent EntryOf(string reason, TypedAccount account, bool accountExists) => new(AuditEventType.LoginRefused)
    {
        ClientId = State.ClientId,
        Address = HttpContext.Connection.RemoteIpAddress?.ToString(),
        Detail = (account.Connector == ConnectorId.Local ? "" : $"{account.Connector}: ") + (accountExists ? $"{reason}: {account.Name}" : reason),
        Reference = HttpContext.TraceIdentifier,
    };
}
