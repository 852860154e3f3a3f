using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace KubeIdP.Server.Hosting;

/// <summary>An address that can't be listened on, for another reason than that somebody else does.</summary>
internal sealed class ListenFault(EndPoint endpoint, SocketException cause) : Exception(
    $"{endpoint} {(cause.SocketErrorCode is SocketError.AccessDenied ? "may not be listened on by this account" : "can't be used")}: {cause.Message}. {FixOf(cause.SocketErrorCode)}", cause)
{
    /// <summary>Why a start could not listen, with the fix; null when it failed by something else.</summary>
    public static string? Of(Exception fault) => fault switch
    {
        ListenFault => fault.Message,

        // Kestrel names the address.
        IOException { InnerException: AddressInUseException } => $"{fault.Message} {FixOf(SocketError.AddressAlreadyInUse)}",

        // Of localhost, which is two addresses, it makes one fault.
        AggregateException several => several.InnerExceptions.Select(Of).FirstOrDefault(found => found is not null),
        { InnerException: { } inner } => Of(inner),
        _ => null,
    };

    /// <summary>What to do about it.</summary>
    /// <param name="key">Where the address stands in the configuration.</param>
    public static string FixOf(SocketError error, string key = "listen or management.listen") => error switch
    {
        SocketError.AddressAlreadyInUse => $"Stop what listens there, or set another address as {key}.",
        SocketError.AccessDenied => "Use a port from 1024 on, or give the process the right to (CAP_NET_BIND_SERVICE).",
        _ => "Use an address of this machine, or * for all of them.",
    };
}
