using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Shared;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Login;

internal sealed class LoginModel(
    LoginCookies cookies, KnownBrowsers browsers, PasswordLogin login, RefusalAudit audit, TimeProvider clock, ILogger<LoginModel> logger) : LoginStepModel(cookies)
{
    // Longer than any name that can exist: no more of it is looked at, or sent back.
    private const int MaxUsernameLength = 256;

    [BindProperty]
    public string? Username { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool Refused { get; private set; }

    public void OnGet() => Username = State.LoginHint;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var pace = new RefusalPace(clock);
        var address = HttpContext.Connection.RemoteIpAddress;
        var username = Username?.Length <= MaxUsernameLength ? Username.Trim() : "";

        var known = await browsers.FindAsync(HttpContext, username, ct);
        switch (await login.TryAsync(username, Password ?? "", address, known, ct))
        {
            case PasswordResult.Proven(var person):
                logger.PasswordProven(person.Id, State.ClientId);
                return GoOn(State with
                {
                    Password = new ProvenPassword(person.Id, person.UserName!, person.FactorEpoch, person.FactorFailures, clock.GetUtcNow()),
                });

            case PasswordResult.Unreachable(var detail):
                logger.PasswordsUncheckable(detail);
                Response.Headers.RetryAfter = "30";
                return new MessagePage(StatusCodes.Status503ServiceUnavailable, Texts.UnavailableTitle, Texts.UnavailableWhat, Texts.UnavailableNext);

            case PasswordResult.Refused refusal:
                logger.LoginRefused(State.ClientId, address?.ToString(), refusal.Reason);
                await audit.RecordAsync(EntryOf(refusal, username), RequestFacts.NetworkOf(address), ct);
                return await RefuseAsync(username, pace, ct);

            default:
                throw new InvalidOperationException("A try has one of three results.");
        }
    }

    private async Task<IActionResult> RefuseAsync(string username, RefusalPace pace, CancellationToken ct)
    {
        await pace.WaitAsync(ct);

        // What was typed must not decide over what is shown, so the form starts afresh with the name.
        ModelState.Clear();
        Username = username;
        Password = null;
        Refused = true;
        return Page();
    }

    private AuditEntry EntryOf(PasswordResult.Refused refusal, string username) => new(AuditEventType.LoginRefused)
    {
        ClientId = State.ClientId,
        Address = HttpContext.Connection.RemoteIpAddress?.ToString(),
        Detail = refusal.AccountExists ? $"{refusal.Reason}: {username}" : refusal.Reason,
        Reference = HttpContext.TraceIdentifier,
    };
}
