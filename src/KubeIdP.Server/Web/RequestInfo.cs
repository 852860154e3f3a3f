using System.Net;
using KubeIdP.Core.Network;
using Microsoft.AspNetCore;
using OpenIddict.Server;

namespace KubeIdP.Server.Web;

/// <summary>Information about the request for audit events and OpenIddict's handlers.</summary>
internal static class RequestInfo
{
    /// <summary>
    /// The request behind OpenIddict's transaction. Use its <see cref="HttpContext.RequestAborted"/> only for reads: work that may have
    /// changed a row must be completed.
    /// </summary>
    public static HttpContext Http(this OpenIddictServerTransaction transaction) => transaction.GetHttpRequest()!.HttpContext;

    /// <summary>The network as which an address is counted; see <see cref="AddressRange.CountedAs"/>.</summary>
    public static string NetworkOf(IPAddress? address) => address is null ? "unknown" : AddressRange.CountedAs(address).ToString();

    /// <summary>
    /// Normalizes the client address for all later middleware: a dual-stack socket shows 192.0.2.7 as ::ffff:192.0.2.7, and proxies use
    /// either form.
    /// </summary>
    public static Task MakeAddressCanonicalAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Connection.RemoteIpAddress is { } address) http.Connection.RemoteIpAddress = AddressRange.Canonical(address);
        return next(http);
    }

    public static string? Address(this HttpContext http) => http.Connection.RemoteIpAddress?.ToString();

    /// <summary>The reference that pages and terminals show, for finding log entries and audit events.</summary>
    public static string Reference(this HttpContext http) => http.TraceIdentifier;
}
