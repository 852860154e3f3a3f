using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Upstreams;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Login;

internal sealed class LoginModel(
    LoginCookies cookies, SessionCookie session, SessionOptions options, ConnectorCatalog connectors, PasswordLogin login,
    FirstProofOutcome outcome, TimeProvider clock) : LoginStepModel(cookies)
{
    /// <summary>Any text is accepted, so that the answer does not reveal which names are valid.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Username { get; set; }

    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Password { get; set; }

    /// <summary>The chosen upstream for a typed name; on the first visit the one that was last chosen in this browser.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Upstream { get; set; }

    public bool Refused { get; private set; }

    /// <summary>The upstreams to choose from for a typed name; empty when there is no choice.</summary>
    public IReadOnlyList<ConnectorId> Choices => connectors.PasswordChoices is { Count: > 1 } choices ? choices : [];

    /// <summary>The upstreams on whose own pages people can sign in, instead of this form.</summary>
    public IReadOnlyList<ConnectorId> Redirects => connectors.RedirectChoices;

    /// <summary>The one of <see cref="Redirects"/> that was last used in this browser; null if it was the form.</summary>
    public ConnectorId? LastRedirect { get; private set; }

    /// <summary>How the previous session of this browser ended; null when there is nothing to report.</summary>
    public EndedSession? Ended { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        // A restored tab, or one that was left open: the person may have signed in meanwhile and need not do so again.
        if (!Request.Query.ContainsKey(StepPages.DespiteSession) && await session.FindAsync(HttpContext, ct) is not null) return GoOn();

        Ended = await session.FindEndAsync(HttpContext, ct) is { } end ? EndedSession.For(end, options) : null;
        Username = UserName.Read(State.LoginHint ?? "");
        var chosen = ChosenUpstream.Read(HttpContext);
        Upstream = connectors.Resolve("", chosen).Connector.Value;
        LastRedirect = connectors.Choice(chosen) is { } last && Redirects.Contains(last) ? last : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var delay = new RefusalDelay(clock);

        // A text that can't be a user name is treated like an unknown user; it is not processed further and not sent back.
        var username = UserName.Read(Username ?? "") ?? "";

        var account = connectors.Resolve(username, Upstream);
        Upstream = account.Connector.Value;
        var result = await login.TryAsync(HttpContext, username, account, Password ?? "", ct);
        if (result is ProofResult.Proven(var person))
            return GoOn(outcome.Accept(HttpContext, State, ProofMethod.Password, account.Connector, person));

        if (await outcome.RefuseAsync(HttpContext, State, ProofMethod.Password, account.Connector, result) is { } page) return page;

        await login.DelayAsync(delay, account.Connector, ct);

        // The typed values must not control what is shown, so the form is reset and shows only the name.
        ModelState.Clear();
        Username = username;
        Password = null;
        Refused = true;
        return Page();
    }
}
