using KubeIdP.Data.Audit;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Administration;

/// <summary>
/// Shows administrators the machines that wait for somebody to approve their code (RFC 8628), and denies them. Called by the pages, the API
/// and the commands on the database, each with its actor and the reason that they have required. No code is known here: only its hash is
/// stored.
/// </summary>
internal sealed class DeviceAdministration(DeviceRequestStore requests, ILogger<DeviceAdministration> log)
{
    /// <summary>Where nothing can be used with a device code.</summary>
    public const string NotOn =
        "No client of this server can be used with a device code, so no machine waits (clusters.NAME.deviceCode, cli.deviceCode).";

    public const string NoRequest = "There is no live device request with this id.";

    private const int MaxIdLength = 64;

    /// <summary>Whether a text can be the cursor of a page.</summary>
    public static bool IsCursor(string text) => text.Length is > 0 and <= MaxIdLength && text.All(char.IsAsciiLetterOrDigit);

    /// <param name="cursor">The value of next of the page before; null for the first page.</param>
    /// <param name="ct">Cancels it.</param>
    public Task<ListPage<ListedDeviceRequest>> ListAsync(string? cursor, CancellationToken ct) => requests.ListAsync(cursor, ct);

    /// <summary>Null if there is no live request with this id.</summary>
    public Task<ListedDeviceRequest?> ReadAsync(string id, CancellationToken ct) => requests.ReadAsync(id, ct);

    /// <summary>
    /// When this returns, nobody can approve the request any more. One that was approved before has a session, which can be ended.
    /// </summary>
    public async Task<DeviceDenial> DenyAsync(string id, Actor by, CancellationToken ct)
    {
        var denial = await requests.DenyAsync(id, by, ct);
        if (denial is DeviceDenial.Denied) log.DeviceDeniedByAdministrator(by.Name, id);
        return denial;
    }
}
