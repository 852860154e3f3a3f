using System.Globalization;
using System.Net.Sockets;
using System.Text;

/// <summary>
/// Runs in the server's process, which loads it before its own code (<c>DOTNET_STARTUP_HOOKS</c>): writes to each connection to a socket
/// how many bytes the process has allocated. The runtime looks for this name, outside of every namespace.
/// </summary>
internal static class StartupHook
{
    private const string SocketVariable = "LOAD_ALLOCATIONS";

    /// <summary>What a process needs in its environment to answer at this socket.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentFor(string socket) => new Dictionary<string, string>
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location, [SocketVariable] = socket,
    };

    /// <summary>How many bytes the process behind the socket has allocated since it began.</summary>
    public static async Task<long> ReadAllocatedAsync(string socket, CancellationToken ct)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), ct);
        using var reader = new StreamReader(new NetworkStream(connection));
        return long.Parse(await reader.ReadToEndAsync(ct), CultureInfo.InvariantCulture);
    }

    public static void Initialize()
    {
        // Other commands of the program run with the same environment.
        if (Environment.GetEnvironmentVariable(SocketVariable) is not { } path || !Environment.GetCommandLineArgs().Contains("serve"))
            return;

        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        new Thread(() => Answer(listener)) { IsBackground = true }.Start();
    }

    private static void Answer(Socket listener)
    {
        while (true)
        {
            using var connection = listener.Accept();
            connection.Send(Encoding.ASCII.GetBytes(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture)));
        }
    }
}
