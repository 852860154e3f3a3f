using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace KubeIdP.Testing.Processes;

/// <summary>The place of systemd for a process that tells how far it is (sd_notify(3)).</summary>
internal sealed class ServiceManager : IAsyncDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<string> told = new();
    private readonly Task listening;

    /// <param name="isAbstract">Whether the socket has no name in the file system, as in some containers.</param>
    public ServiceManager(bool isAbstract = false)
    {
        Address = isAbstract ? $"@kubeidp-{Guid.NewGuid():N}" : Path.Combine(Scratch.NewFolder("kubeidp-notify-"), "socket");
        socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{Address[1..]}" : Address));
        listening = ListenAsync();
    }

    /// <summary>The value of <c>NOTIFY_SOCKET</c>.</summary>
    public string Address { get; }

    /// <summary>All assignments so far, each <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Told => [.. told];

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await listening;
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer);
                foreach (var assignment in Encoding.UTF8.GetString(buffer, 0, length).Split('\n')) told.Enqueue(assignment);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
