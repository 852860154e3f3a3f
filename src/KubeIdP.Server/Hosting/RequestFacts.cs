using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore;
using OpenIddict.Server;

namespace KubeIdP.Server.Hosting;

/// <summary>What audit rows and OpenIddict's handlers need to know about the request.</summary>
internal static class RequestFacts
{
    /// <summary>
    /// The request behind OpenIddict's transaction. Its <see cref="HttpContext.RequestAborted"/> is for reads alone: what may have changed a row is
    /// finished and answered.
    /// </summary>
    public static HttpContext Http(this OpenIddictServerTransaction transaction) => transaction.GetHttpRequest()!.HttpContext;

    /// <summary>
    /// Whom to count an address as. IPv6 hands every customer at least a /64: counting single addresses would count nothing.
    /// </summary>
    public static string NetworkOf(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    public static string? Address(this HttpContext http) => http.Connection.RemoteIpAddress?.ToString();

    /// <summary>The reference on the page or in the terminal, which finds the log and audit entries.</summary>
    public static string Reference(this HttpContext http) => http.TraceIdentifier;
}
