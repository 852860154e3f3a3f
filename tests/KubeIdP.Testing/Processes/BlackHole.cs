using System.Net;
using System.Net.Sockets;

namespace KubeIdP.Testing.Processes;

/// <summary>
/// An address and port from which no connection gets an answer, as from a machine that is gone: somebody listens there and takes nobody,
/// and its queue is full, so the kernel drops what comes after.
/// </summary>
public sealed class BlackHole : IAsyncDisposable
{
    private static readonly TimeSpan NoAnswer = TimeSpan.FromMilliseconds(300);

    private readonly Socket listener;
    private readonly List<Socket> queue = [];

    private BlackHole(Socket listener) => this.listener = listener;

    public IPAddress Address => ((IPEndPoint)listener.LocalEndPoint!).Address;

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <param name="address">One of this machine.</param>
    /// <param name="port">One that nobody listens on there; 0 for any.</param>
    public static async Task<BlackHole> OpenAsync(string address, int port, CancellationToken ct)
    {
        var hole = new BlackHole(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        hole.listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        hole.listener.Listen(0);
        while (await hole.TakesAsync(ct))
        {
        }

        return hole;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var socket in queue) socket.Dispose();
        listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> TakesAsync(CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        queue.Add(socket);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(NoAnswer);
        try
        {
            await socket.ConnectAsync(listener.LocalEndPoint!, limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
