using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.SelfService;

/// <summary>
/// Changes the password of a person who knows the current one and has verified a second factor recently. A wrong current password is
/// counted like a failed login, so that guessing in an open browser is no easier than at the login. The other sessions end.
/// </summary>
internal sealed class ChangePasswordModel(
    SessionCookie cookie, LocalAccounts accounts, PasswordThrottle throttle, KnownBrowsers browsers, PasswordStampStore stamps,
    PersonReader people, AuditLog auditLog) : FactorChangeModel(cookie)
{
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? CurrentPassword { get; set; }

    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? NewPassword { get; set; }

    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? RepeatedPassword { get; set; }

    /// <summary>The faults of the input, as sentences.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    public bool Changed { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) =>
        await accounts.HasPasswordAsync(Session.PersonId, ct) ? Page() : NotFoundPage;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await accounts.HasPasswordAsync(Session.PersonId, ct)) return NotFoundPage;
        if ((NewPassword ?? "") != (RepeatedPassword ?? "")) return Refuse(Onboarding.Texts.PasswordsDiffer);

        var address = HttpContext.Connection.RemoteIpAddress;
        if (await people.FindAsync(Session.PersonId, ct) is not { } person) return NotFoundPage;

        var account = new TriedAccount(new ConnectorId(person.Connector), person.UpstreamId, Session.Username);
        var known = await browsers.FindAsync(HttpContext, account, ct);
        if ((await throttle.EnterAsync(account, address, known, ct)).Attempt is not { } attempt)
            return Refuse(Texts.TooManyWrongPasswords);

        switch (await accounts.ChangePasswordAsync(Owner, CurrentPassword ?? "", NewPassword ?? "", By, ct))
        {
            case PasswordChange.Changed:
                await throttle.RecordSuccessAsync(attempt);

                // The known-browser cookie depends on the password, so it must be renewed.
                if (await stamps.FindAsync(Session.PersonId, ct) is { } stamp) browsers.Remember(HttpContext, stamp);
                Changed = true;
                return Page();

            case PasswordChange.WrongPassword:
                await throttle.RecordFailureAsync(attempt);
                await auditLog.AppendAsync(Audit(AuditEventType.PasswordRefused), ct);
                return Refuse(Texts.CurrentPasswordWrong);

            case PasswordChange.NotAllowed(var reason):
                await throttle.RecordSuccessAsync(attempt);
                return Refuse(reason);

            case PasswordChange.Busy:
                await throttle.WithdrawAsync(attempt, mayHaveArrived: false);
                return new MessagePage(StatusCodes.Status503ServiceUnavailable, Texts.BusyTitle, Texts.BusyWhat, Texts.BusyNext);

            default:
                throw new InvalidOperationException("A change of an unknown outcome.");
        }
    }

    private PageResult Refuse(string fault)
    {
        Faults = [fault];
        return Page();
    }
}
