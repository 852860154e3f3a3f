using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace KubeIdP.Server.Hosting;

/// <summary>An address can't be listened on, for another reason than that it is in use.</summary>
internal sealed class ListenFault(EndPoint endpoint, SocketException cause) : Exception(
    $"{endpoint} {(cause.SocketErrorCode is SocketError.AccessDenied ? "may not be used by this account" : "can't be "
        + "used")}: {cause.Message}. {FixOf(cause.SocketErrorCode)}", cause)
{
    /// <summary>Why a server could not listen, with the fix; null if the exception has another cause.</summary>
    public static string? Of(Exception fault) => fault switch
    {
        ListenFault => fault.Message,

        // Kestrel's message names the address.
        IOException { InnerException: AddressInUseException } => $"{fault.Message} {FixOf(SocketError.AddressAlreadyInUse)}",

        // For localhost, which has two addresses, Kestrel throws one exception with several inside.
        AggregateException several => several.InnerExceptions.Select(Of).FirstOrDefault(found => found is not null),
        { InnerException: { } inner } => Of(inner),
        _ => null,
    };

    /// <summary>What to do about it.</summary>
    /// <param name="key">The configuration key of the address.</param>
    public static string FixOf(SocketError error, string key = "listen or management.listen") => error switch
    {
        SocketError.AddressAlreadyInUse => $"Stop the process that listens there, or set another address as {key}.",
        SocketError.AccessDenied => "Use port 1024 or higher, or give the process the capability CAP_NET_BIND_SERVICE.",
        _ => "Use an address of this machine, or * for all of them.",
    };
}
