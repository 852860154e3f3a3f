using System.Net;
using System.Net.Sockets;

namespace KubeIdP.Testing.Processes;

/// <summary>A port of an address of this machine that leads to a server elsewhere on it.</summary>
public sealed class Forwarder : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly EndPoint target;
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;

    public Forwarder(string address, EndPoint target)
    {
        this.target = target;
        listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await accepting;
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await listener.AcceptSocketAsync(end.Token)));
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(target.AddressFamily, SocketType.Stream,
            target is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await using var near = new NetworkStream(client, ownsSocket: true);
        try
        {
            await server.ConnectAsync(target, end.Token);
            await using var far = new NetworkStream(server);
            await Task.WhenAny(near.CopyToAsync(far, end.Token), far.CopyToAsync(near, end.Token));
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or IOException)
        {
            // One of the two has gone: the other notices when its connection is closed.
        }
    }
}
