using System.Net;
using System.Net.Sockets;

namespace KubeIdP.Core.Network;

/// <summary>
/// Connections to a server whose name has several addresses (RFC 8305). An attempt that has not succeeded soon continues while the next
/// address is tried beside it, so an address that answers nobody costs a fraction of a second and never the whole time limit.
/// </summary>
public static class Outbound
{
    // RFC 8305 §5.
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>A TCP connection to the first address that takes it.</summary>
    /// <param name="host">A name, or an address as text.</param>
    /// <param name="limit">Within which the caller gives up: all addresses are tried within the first half of it.</param>
    /// <exception cref="SocketException">
    /// The name has no address, or none of them takes the connection; the fault is that of the first.
    /// </exception>
    public static async Task<Stream> ConnectAsync(string host, int port, TimeSpan limit, TimeProvider clock, CancellationToken ct) =>
        await FirstAsync(await ResolveAsync(host, ct), (address, either) => ConnectAsync(address, port, either), limit, clock, ct);

    /// <summary>A TCP connection to one address. A peer that vanishes later is noticed although nobody asks it anything.</summary>
    public static async Task<Stream> ConnectAsync(IPAddress address, int port, CancellationToken ct)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), ct);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The addresses of a name as the resolver orders them, alternating between IPv6 and IPv4 (RFC 8305 §4), or the address that the text
    /// is.
    /// </summary>
    /// <exception cref="SocketException">The name has none.</exception>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];

        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        return addresses.Length > 0 ? Interleaved(addresses) : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>The first attempt that succeeds. The others are given up, and what they have opened is closed.</summary>
    /// <param name="addresses">In the order in which they are tried; at least one.</param>
    /// <param name="attempt">Leaves nothing open when it fails or is cancelled.</param>
    /// <param name="limit">Within which the caller gives up: all addresses are tried within the first half of it.</param>
    /// <exception cref="Exception">All have failed; this is what the first to fail has thrown.</exception>
    public static async Task<T> FirstAsync<T>(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<T>> attempt, TimeSpan limit, TimeProvider clock,
        CancellationToken ct)
        where T : IAsyncDisposable
    {
        var share = limit / (2 * addresses.Count);
        var delay = share < AttemptDelay ? share : AttemptDelay;
        var running = new List<Task<T>>();
        Task<T>? failed = null;
        using var losing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            for (var next = 0; ;)
            {
                if (next < addresses.Count) running.Add(attempt(addresses[next++], losing.Token));
                if (running.Count == 0) return await failed!;

                var pause = Task.Delay(next < addresses.Count ? delay : Timeout.InfiniteTimeSpan, clock, losing.Token);
                var ended = await Task.WhenAny([.. running, pause]);
                ct.ThrowIfCancellationRequested();
                if (ended is not Task<T> first) continue;

                running.Remove(first);
                if (first.IsCompletedSuccessfully) return await first;

                failed ??= first;
            }
        }
        finally
        {
            await losing.CancelAsync();
            foreach (var loser in running) _ = CloseAsync(loser);
        }
    }

    private static async Task CloseAsync<T>(Task<T> loser)
        where T : IAsyncDisposable
    {
        await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (loser.IsCompletedSuccessfully) await (await loser).DisposeAsync();
    }

    private static List<IPAddress> Interleaved(IPAddress[] addresses) =>
    [
        .. addresses.GroupBy(address => address.AddressFamily)
            .SelectMany((family, rank) => family.Select((address, index) => (address, index, rank)))
            .OrderBy(one => one.index).ThenBy(one => one.rank).Select(one => one.address),
    ];
}
