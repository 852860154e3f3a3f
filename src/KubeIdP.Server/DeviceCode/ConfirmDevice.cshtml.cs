using System.Globalization;
using System.Net;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// The page that asks whether the person wants to sign in that machine. Somebody who was talked into typing a code of an attacker decides
/// here, so it says what the machine will be able to do and where it is, and No is what happens without thinking.
/// </summary>
internal sealed class ConfirmDeviceModel(SessionCookie cookie, ClientCatalog clients, DeviceRequestStore requests,
    DeviceDecisions decisions)
    : DevicePageModel(cookie, clients)
{
    private ShownDeviceRequest? request;

    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    public ShownDeviceRequest Asked => request!;

    public Client Client => Clients.Find(Asked.ClientId)!;

    /// <summary>How long the session will last, in hours or minutes.</summary>
    public string HowLong => decisions.Lifetime is var time && time.Ticks % TimeSpan.TicksPerHour == 0
        ? (time.TotalHours == 1 ? Texts.OneHour : Texts.Hours.With((int)time.TotalHours))
        : Texts.Minutes.With((int)time.TotalMinutes);

    /// <summary>When the session ends, if it is approved now. Without scripts the time zone of the reader is unknown.</summary>
    public string UntilText =>
        (Asked.Now + decisions.Lifetime).UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public string BrowserAddress => HttpContext.Address() ?? Web.Texts.UnknownMachine;

    public bool IsSameNetwork =>
        DeviceNetworks.IsSame(IPAddress.TryParse(Asked.Address, out var machine) ? machine : null, HttpContext.Connection.RemoteIpAddress);

    /// <summary>Why it can't be approved here; null: it can.</summary>
    public string? Refusal { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } found || Clients.Find(found.ClientId) is null) return OverPage;

        Refusal = await decisions.RefusalAsync(found, Session.PersonId, HttpContext.Connection.RemoteIpAddress, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostDenyAsync(CancellationToken ct) =>
        await FindAsync(ct) is { } found && await decisions.DenyAsync(found, Session, HttpContext, ct)
            ? new SeeOther("~/device/denied")
            : OverPage;

    public async Task<IActionResult> OnPostApproveAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } found) return OverPage;

        return await decisions.ApproveAsync(found, Session, HttpContext, ct) switch
        {
            DeviceDecision.Approved => new SeeOther("~/device/done"),
            DeviceDecision.Over => OverPage,
            DeviceDecision.Unknown => CodePrecheck.UnknownPage,

            // Signing in says why.
            DeviceDecision.SignedOut => new SeeOther($"~{DeviceModel.Path}"),
            DeviceDecision.Refused(var advice) => new MessagePage(StatusCodes.Status403Forbidden, Texts.RefusedTitle, Texts.RefusedWhat,
                Texts.RefusedNext) { Detail = advice },
            _ => throw new InvalidOperationException("The approval had an unknown outcome."),
        };
    }

    private async Task<ShownDeviceRequest?> FindAsync(CancellationToken ct) => request = await requests.FindAsync(Id, Session.Id, ct);
}
