using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KubeIdP.Cli.SignIn;

/// <summary>
/// The loopback address to which the browser is redirected (RFC 8252 §7.3): any free port, and no path. It answers one request, that with
/// the state of this sign-in; whatever else arrives changes nothing.
/// </summary>
internal sealed class LoopbackServer : IDisposable
{
    private const int LongestRequest = 16 * 1024;

    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly string state;
    private readonly TaskCompletionSource<Arrival> arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource end = new();

    /// <param name="state">The <c>state</c> of the request, which only the issuer and the browser know.</param>
    public LoopbackServer(string state)
    {
        this.state = state;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public string RedirectUri => $"http://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The answer of the issuer. The browser waits until it is answered.</summary>
    public Task<Arrival> ArrivedAsync(CancellationToken ct) => arrived.Task.WaitAsync(ct);

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
        if (arrived.Task.IsCompletedSuccessfully) arrived.Task.Result.Dispose();
    }

    /// <summary>
    /// The parameters in the first line of a request; null if it is not for this address, or names one twice (RFC 6749 §3.1).
    /// </summary>
    public static IReadOnlyDictionary<string, string>? Parameters(string request, int port)
    {
        var lines = request.Split("\r\n");
        if (lines[0].Split(' ') is not ["GET", var target, "HTTP/1.1" or "HTTP/1.0"] || !target.StartsWith("/?", StringComparison.Ordinal))
            return null;

        // A page of another name that resolves to this machine (DNS rebinding) has no business here.
        var host = lines.Skip(1).Where(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[5..].Trim()).SingleOrDefault();
        if (host != $"127.0.0.1:{port}" && host != $"localhost:{port}") return null;

        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in target[2..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var left, var right] ? (left, right) : (pair, "");
            if (!parameters.TryAdd(Decoded(name), Decoded(value))) return null;
        }

        return parameters;
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private async Task AcceptAsync()
    {
        try
        {
            // Browsers open connections in advance, on which nothing may ever come.
            while (true) _ = ServeAsync(await listener.AcceptSocketAsync(end.Token));
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed: the sign-in has ended.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            limit.CancelAfter(RequestLimit);
            var parameters = Parameters(await ReadAsync(stream, limit.Token), Port);
            var arrival = parameters is null ? null : new Arrival(parameters, stream);
            if (arrival is not null && arrival["state"] == state && arrived.TrySetResult(arrival)) return;

            await AnswerPage.NotFound.WriteAsync(stream, limit.Token);
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The browser has gone.
        }

        await stream.DisposeAsync();
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[LongestRequest];
        var length = 0;
        while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), ct) is > 0 and var read)
        {
            length += read;
            var head = Encoding.Latin1.GetString(buffer, 0, length);
            if (head.Contains("\r\n\r\n", StringComparison.Ordinal)) return head;
        }

        return "";
    }
}

/// <summary>The browser that came back from the issuer, and waits for a page.</summary>
internal sealed class Arrival(IReadOnlyDictionary<string, string> parameters, NetworkStream stream) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public string? this[string name] => parameters.GetValueOrDefault(name);

    /// <summary>Shows how it ended. A browser that has gone meanwhile is no fault.</summary>
    public async Task AnswerAsync(AnswerPage page)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await page.WriteAsync(stream, limit.Token);
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The terminal says the same.
        }
    }

    public void Dispose() => stream.Dispose();
}
