using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace KubeIdP.Load;

/// <summary>
/// Two thousand connections that send a byte a second (RX2): all must be closed within half a minute, and nobody else may notice.
/// </summary>
internal static class SlowClientsRun
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly byte[][] Beginnings =
    [
        "POST /connect/token HTTP/1.1\r\nHost: idp.example.test\r\nX-Slow: "u8.ToArray(),
        [
            .. "POST /connect/token HTTP/1.1\r\nHost: idp.example.test\r\n"u8,
            .. "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\n"u8,
        ],
    ];

    public static async Task<int> ExecuteAsync(int connections, bool json, CancellationToken ct)
    {
        await using var stage = await Stage.SetAsync(Storage.Postgres, Algorithm.Es256, new Scale(People: 2, ClientsEach: 5), ct);
        await stage.RefreshSteadilyAsync(Task.Delay(TimeSpan.FromSeconds(5), ct), ct);
        var alone = (await stage.RefreshSteadilyAsync(Task.Delay(Timeout, ct), ct)).At(0.99);

        var slow = Enumerable.Range(0, connections)
            .Select(number => HoldAsync(stage.PlainAddress, Beginnings[number % Beginnings.Length], ct)).ToList();
        var beside = (await stage.RefreshSteadilyAsync(Task.Delay(Timeout, ct), ct)).At(0.99);
        var lives = await Task.WhenAll(slow);

        var result = new { connections, p99AloneMs = alone, p99BesideMs = beside, longestSeconds = lives.Max().TotalSeconds };
        var isRight = lives.Max() <= Timeout && beside < 2 * alone;
        Console.WriteLine(json ? JsonSerializer.Serialize(result) : string.Create(CultureInfo.InvariantCulture, $"""
            {connections} slow connections, the last closed after {result.longestSeconds:F1} s.
            99 of 100 refreshes took at most {alone:F1} ms without them and {beside:F1} ms beside them.
            {(isRight ? "Passed." : "FAILED.")}
            """));
        return isRight ? 0 : 1;
    }

    private static async Task<TimeSpan> HoldAsync(Uri address, byte[] beginning, CancellationToken ct)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, ct);
        var began = Stopwatch.StartNew();
        try
        {
            await socket.SendAsync(beginning, ct);
            var closed = ReadToEndAsync(socket, ct);
            while (began.Elapsed < 2 * Timeout && await Task.WhenAny(closed, Task.Delay(TimeSpan.FromSeconds(1), ct)) != closed)
                await socket.SendAsync(Encoding.ASCII.GetBytes("a"), ct);
        }
        catch (SocketException)
        {
            // Closed by the other side, in the middle of a byte.
        }

        return began.Elapsed;
    }

    private static async Task ReadToEndAsync(Socket socket, CancellationToken ct)
    {
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, ct) > 0)
            {
                // An answer such as 408 comes before the end.
            }
        }
        catch (SocketException)
        {
        }
    }
}
