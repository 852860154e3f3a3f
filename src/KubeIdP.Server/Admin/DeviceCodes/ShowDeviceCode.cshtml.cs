using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.DeviceCodes;

/// <summary>The request of one machine without a browser, and the form that denies it.</summary>
internal sealed class ShowDeviceCodeModel(SessionCookie cookie, AdminAccess access, DeviceAdministration administration,
    ClientCatalog clients)
    : AdminPageModel(cookie, access)
{
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    [BindProperty]
    public string? Reason { get; set; }

    public ListedDeviceRequest Shown { get; private set; } = null!;

    public string ClientName => clients.NameOf(Shown.ClientId);

    public bool ReasonMissing { get; private set; }

    public Task<IActionResult> OnGetAsync(CancellationToken ct) => ShowAsync(ct);

    public async Task<IActionResult> OnPostDenyAsync(CancellationToken ct)
    {
        if (ReasonField.Of(Reason) is not { } reason)
        {
            ReasonMissing = true;
            return await ShowAsync(ct);
        }

        // It was decided already: the page shows how.
        return clients.HasDeviceCode && await administration.DenyAsync(Id, By(reason), ct) is not DeviceDenial.NotFound
            ? new SeeOther($"~{DeviceCodeListModel.Path}/{Id}")
            : OverPage;
    }

    private async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        if (!clients.HasDeviceCode || await administration.ReadAsync(Id, ct) is not { } request) return OverPage;

        Shown = request;
        return Page();
    }

    /// <summary>Most often, because its time was over while the page was open.</summary>
    private static MessagePage OverPage => new(StatusCodes.Status404NotFound, Texts.NotFoundTitle, Texts.DeviceOver, Texts.NotFoundNext);
}
