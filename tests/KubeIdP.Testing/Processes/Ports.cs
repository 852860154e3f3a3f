using System.Net;
using System.Net.Sockets;

namespace KubeIdP.Testing.Processes;

public static class Ports
{
    // Below those that systems give to outgoing connections (Linux: from 32768), one of which could take a port before its server does; and
    // above those that browsers refuse.
    private const int First = 12_000;
    private const int Count = 20_000;

    // Several processes with tests run at a time.
    private static int given = Random.Shared.Next(Count);

    /// <summary>A TCP port of the loopback address that nobody listens on now, and that no other caller gets soon.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = First + ((Interlocked.Increment(ref given) & int.MaxValue) % Count);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
            }
        }
    }
}
