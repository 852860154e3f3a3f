using System.Net;
using KubeIdP.Core.Network;
using Microsoft.AspNetCore;
using OpenIddict.Server;

namespace KubeIdP.Server.Web;

/// <summary>What audit rows and OpenIddict's handlers need to know about the request.</summary>
internal static class RequestInfo
{
    /// <summary>
    /// The request behind OpenIddict's transaction. Its <see cref="HttpContext.RequestAborted"/> is for reads alone: what may have changed a row is
    /// finished and answered.
    /// </summary>
    public static HttpContext Http(this OpenIddictServerTransaction transaction) => transaction.GetHttpRequest()!.HttpContext;

    /// <summary>Whom to count an address as; see <see cref="AddressRange.CountedAs"/>.</summary>
    public static string NetworkOf(IPAddress? address) => address is null ? "unknown" : AddressRange.CountedAs(address).ToString();

    /// <summary>
    /// Brings the address of who asks into its one form, for all that comes after: a socket that is open to IPv4 and IPv6 shows 192.0.2.7 as ::ffff:192.0.2.7, and
    /// a proxy may write it either way.
    /// </summary>
    public static Task MakeAddressCanonicalAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Connection.RemoteIpAddress is { } address) http.Connection.RemoteIpAddress = AddressRange.Canonical(address);
        return next(http);
    }

    public static string? Address(this HttpContext http) => http.Connection.RemoteIpAddress?.ToString();

    /// <summary>The reference on the page or in the terminal, which finds the log and audit entries.</summary>
    public static string Reference(this HttpContext http) => http.TraceIdentifier;
}
