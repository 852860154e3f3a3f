using KubeIdP.Core.Identifiers;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.DeviceCodes;

/// <summary>The machines without a browser (RFC 8628) that asked for a code in the last minutes.</summary>
internal sealed class DeviceCodeListModel(SessionCookie cookie, AdminAccess access, DeviceAdministration administration,
    ClientCatalog clients)
    : AdminPageModel(cookie, access)
{
    public const string Path = $"{Root}/device-codes";

    private ListPage<ListedDeviceRequest> found = new([], null);

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<ListedDeviceRequest> Requests => found.Rows;

    public Pager Pager => new(
        Cursor is null ? null : Filters.AddressOf(Path), found.Next is { } next ? Filters.AddressOf(Path, ("cursor", next)) : null);

    public string NameOf(ClientId clientId) => clients.NameOf(clientId);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!clients.HasDeviceCode) return NotFoundPage;

        found = await administration.ListAsync(Cursor is { } cursor && DeviceAdministration.IsCursor(cursor) ? cursor : null, ct);
        return Page();
    }
}
