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

    public static string? Address(this HttpContext http) => http.Connection.RemoteIpAddress?.ToString();

    /// <summary>The reference on the page or in the terminal, which finds the log and audit entries.</summary>
    public static string Reference(this HttpContext http) => http.TraceIdentifier;
}
