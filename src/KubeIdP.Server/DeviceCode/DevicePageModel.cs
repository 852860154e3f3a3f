using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// A page about the code of another machine. Both factors must have been proven recently before a code is looked up, so that an open
/// browser, or the cookie of one, can approve nothing.
/// </summary>
internal abstract class DevicePageModel(SessionCookie cookie, ClientCatalog clients) : SignedInModel(cookie)
{
    protected ClientCatalog Clients => clients;

    protected sealed override TimeSpan? FactorMaxAge => TimeSpan.FromMinutes(15);

    /// <summary>The page for a request that is decided, expired, another session's, or never was.</summary>
    protected static MessagePage OverPage => new(StatusCodes.Status404NotFound, Texts.OverTitle, Texts.OverWhat, Texts.OverNext)
    {
        Link = new MessageLink($"~{DeviceModel.Path}", Texts.TypeAnother),
    };

    /// <summary>Where no client can be used with a device code, there is no such page.</summary>
    protected override Task<IActionResult?> InsteadAsync(CancellationToken ct) => Task.FromResult<IActionResult?>(
        clients.HasDeviceCode
            ? null
            : new MessagePage(StatusCodes.Status404NotFound, Web.Texts.NotFoundTitle, Web.Texts.NotFoundWhat, Web.Texts.NotFoundNext));
}
