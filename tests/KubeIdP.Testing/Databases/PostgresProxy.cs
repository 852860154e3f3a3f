using System.Net.Sockets;
using System.Text;
using KubeIdP.Testing.Processes;
using Npgsql;

namespace KubeIdP.Testing.Databases;

/// <summary>
/// Stands between servers and PostgreSQL, and can let the packets of the connections that listen vanish, as a firewall does that has
/// forgotten them: both ends believe that the connection is there. It can also hold everything, as a PostgreSQL that hangs: connections are
/// accepted, and nothing is answered.
/// </summary>
public sealed class PostgresProxy : IAsyncDisposable
{
    private const string SocketName = ".s.PGSQL.5432";

    private readonly string folder = Scratch.NewFolder("kubeidp-proxy-");
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource end = new();
    private volatile string target;
    private readonly Task accepting;
    private volatile bool swallowing;
    private volatile TaskCompletionSource passing = Passing();

    /// <param name="connectionString">To a server that listens on a socket in a folder.</param>
    public PostgresProxy(string connectionString)
    {
        target = Path.Combine(new NpgsqlConnectionStringBuilder(connectionString).Host!, SocketName);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, SocketName)));
        listener.Listen();
        accepting = AcceptAsync();
    }

    /// <summary>How many connections listened, now or earlier.</summary>
    public int Listeners { get; private set; }

    /// <summary>
    /// From now on nothing passes on a connection that listens, in either direction, until <see cref="LetThrough"/>; then such a connection
    /// ends.
    /// </summary>
    public void SwallowListeners() => swallowing = true;

    /// <summary>Where new connections lead from now on; those that are open stay where they are.</summary>
    public void LeadTo(PostgresServer server) => target = Path.Combine(server.Folder, SocketName);

    public void LetThrough() => swallowing = false;

    /// <summary>From now on nothing passes, in either direction, until <see cref="GoOn"/>; then all of it does.</summary>
    public void Hang() => passing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn() => passing.TrySetResult();

    /// <summary>The same database, through here.</summary>
    public string Through(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Host = folder }.ToString();

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting;
        end.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptAsync(end.Token));
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var connection = new Connection();
        try
        {
            await passing.Task.WaitAsync(end.Token);
            await far.ConnectAsync(new UnixDomainSocketEndPoint(target), end.Token);
            await Task.WhenAny(PumpAsync(near, far, connection, watch: true), PumpAsync(far, near, connection, watch: false));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
            // The clients that were connected see the end.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Connection connection, bool watch)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer, end.Token) is > 0 and var length)
        {
            if (watch && !connection.Listens && Encoding.ASCII.GetString(buffer, 0, length).Contains("LISTEN", StringComparison.Ordinal))
            {
                connection.Listens = true;
                Listeners++;
            }

            await passing.Task.WaitAsync(end.Token);

            // What has once lost a packet stays lost, or the two ends would read nonsense.
            if (connection.Listens && (swallowing || connection.Lost)) connection.Lost = true;
            else await to.SendAsync(buffer.AsMemory(0, length), end.Token);
        }
    }

    private static TaskCompletionSource Passing()
    {
        var passing = new TaskCompletionSource();
        passing.SetResult();
        return passing;
    }

    private sealed class Connection
    {
        public volatile bool Listens;
        public volatile bool Lost;
    }
}
