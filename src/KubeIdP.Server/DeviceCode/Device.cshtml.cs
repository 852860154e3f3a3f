using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// The page on which the code of another machine is typed (RFC 8628 §3.3). A code in the address is only shown: looking one up binds it to
/// the session, and a link must not do that.
/// </summary>
internal sealed class DeviceModel(SessionCookie cookie, ClientCatalog clients, DeviceRequestStore requests, UserCode codes,
    DeviceCodeThrottle throttle, DeviceCodeMetrics metrics)
    : DevicePageModel(cookie, clients)
{
    public const string Path = "/device";

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true, Name = "user_code")]
    public string? Given { get; set; }

    public bool Refused { get; private set; }

    /// <summary>The code of the address, as terminals show it; null if there is none, or it can't be one.</summary>
    public string? ShownCode => UserCode.Parse(Given) is { } code ? UserCode.Show(code) : null;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Given = null;

        // A text that can't be a code is looked up nowhere, and so is no guess.
        if (UserCode.Parse(Code) is not { } code) return Refuse();
        if (await throttle.EnterAsync(Session.PersonId, HttpContext.Connection.RemoteIpAddress, ct) is not { } counted)
        {
            metrics.Throttled();
            return new MessagePage(StatusCodes.Status429TooManyRequests, Texts.TooManyTitle, Texts.TooManyWhat, Texts.TooManyNext);
        }

        var found = await requests.LookUpAsync(codes.HashOf(code), Session.Id, ct);
        await throttle.SettleAsync(counted, isWrong: found is null);
        if (found is not null) return new SeeOther($"~{Path}/{found}");

        metrics.WrongCode();
        return Refuse();
    }

    private PageResult Refuse()
    {
        Refused = true;
        return Page();
    }
}
