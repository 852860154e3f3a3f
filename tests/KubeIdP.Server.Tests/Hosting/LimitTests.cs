using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Hosting;

/// <summary>What nobody well-meaning sends, byte for byte, to a real server.</summary>
public sealed class LimitTests(LimitTests.Server server) : IClassFixture<LimitTests.Server>
{
    private const string Form = "Content-Type: application/x-www-form-urlencoded\r\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forms => ["/connect/token", "/login", "/connect/revoke"];

    // RX1: refused by its size before any of it is kept.
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_megabyte_is_not_even_read(string path)
    {
        var answer =
            await SendAsync($"POST {path} HTTP/1.1\r\nHost: localhost\r\n{Form}Content-Length: 1048576\r\n\r\ngrant_type=refresh_token");

        // Before the rest has come; and a page that is out of its way says so before it looks at what was sent.
        Assert.Matches("^HTTP/1.1 (413|400) ", answer);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Ten_thousand_fields_are_refused(string path)
    {
        var body = string.Join('&', Enumerable.Range(0, 10_000).Select(number => $"{number:x}="));

        var answer =
            await SendAsync(
                $"POST {path} HTTP/1.1\r\nHost: localhost\r\n{Form}Connection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
    }

    // PX2: what a proxy may read otherwise than this server would smuggle a request past the proxy.
    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    public async Task A_request_with_two_readings_is_refused_and_the_connection_closed(string rest)
    {
        var answer =
            await SendAsync(
                $"POST /connect/token HTTP/1.1\r\nHost: localhost\r\n{Form}{rest}GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Single(answer.Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_header_of_forty_kilobytes_is_refused() =>
        Assert.StartsWith("HTTP/1.1 431 ",
            await SendAsync($"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('a', 40 * 1024)}\r\n\r\n"),
            StringComparison.Ordinal);

    // Cookies that an earlier bug or a neighbour has left: refused by the web server itself, the browser would stay locked out until it is
    // closed.
    [Theory]
    [InlineData("/")]
    [InlineData("/logout")]
    [InlineData("/account")]
    public async Task A_browser_with_too_many_cookies_is_heard_and_relieved_of_unfinished_logins(string path)
    {
        var cookies = string.Join("; ",
            Enumerable.Range(0, 20).Select(number => $"__Host-kubeidp-login-{number:x32}={new string('a', 2_700)}"));

        var answer =
            await SendAsync(
                $"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\nCookie: {cookies}\r\n\r\n");

        Assert.Matches("^HTTP/1.1 (200|30[23]) ", answer);
        Assert.Equal(20, answer.Split("\r\nSet-Cookie: __Host-kubeidp-login-").Length - 1);
        await server.SaysAsync("of its unfinished logins");
    }

    // A browser sends each cookie in a field of its own (RFC 9113 §8.2.3), a proxy all of them in one.
    [Fact]
    public async Task The_same_over_HTTP2_in_one_field()
    {
        using var client = new HttpClient(server.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get,
            $"https://localhost:{server.TlsPort}/logout") { Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("Cookie",
            string.Join("; ", Enumerable.Range(0, 20).Select(number => $"__Host-kubeidp-login-{number:x32}={new string('a', 2_700)}")));

        using var answer = await client.SendAsync(request, Ct);

        Assert.Equal(20, answer.Headers.GetValues("Set-Cookie").Count());
    }

    // Cookies go to every port of a host, and browsers send back the bytes that they were given (RFC 6265 §5.4).
    [Theory]
    [InlineData("name=J\u00fcrgen")]
    [InlineData("\u00e9=\u00ff\u00fe")]
    public async Task A_cookie_of_another_site_that_is_no_UTF8_locks_nobody_out(string cookie) =>
        Assert.StartsWith("HTTP/1.1 303 ",
            await SendAsync(
                $"GET /account HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"),
                StringComparison.Ordinal);

    [Theory]
    [InlineData("GET /?{0} HTTP/1.1\r\nHost: localhost\r\n\r\n", 33, "HTTP/1.1 414 ")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {0}\r\n\r\n", 129, "HTTP/1.1 431 ")]
    public async Task What_the_web_server_refuses_by_itself_is_logged(string request, int kilobytes, string status)
    {
        var answer = await SendAsync(request.Replace("{0}", new string('a', kilobytes * 1024), StringComparison.Ordinal));

        Assert.StartsWith(status, answer, StringComparison.Ordinal);
        await server.SaysAsync("its headers or its address are too long");
    }

    [Theory]
    [InlineData("Content-Length: 500\r\n\r\ngrant_type=ref")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\na=b&c\r\n")]
    public async Task A_client_that_disconnects_in_the_middle_of_a_form_is_no_outage_of_the_database(string rest)
    {
        foreach (var path in (string[])["/connect/token", "/connect/authorize", "/connect/revoke"])
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(enable: true, 0) };
            await socket.ConnectAsync(IPAddress.Loopback, server.PlainPort, Ct);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\n{Form}{rest}"), Ct);
            await Task.Delay(100, Ct);
        }

        // Logged after them.
        await SendAsync($"GET /?{new string('a', 33 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.SaysAsync("its headers or its address are too long");
        Assert.DoesNotContain("does not answer", server.Log, StringComparison.Ordinal);
    }

    /// <summary>A ClientHello of TLS 1.1 as RFC 4346 §7.4.1.2 has it; the answer is the alert protocol_version (70).</summary>
    [Fact]
    public async Task TLS_before_1_2_is_not_spoken()
    {
        byte[] hello = [0x03, 0x02, .. new byte[32], 0x00, 0x00, 0x04, 0xC0, 0x09, 0x00, 0x2F, 0x01, 0x00];
        byte[] handshake = [0x01, 0x00, 0x00, (byte)hello.Length, .. hello];

        var answer = await SendAsync([0x16, 0x03, 0x01, 0x00, (byte)handshake.Length, .. handshake], server.TlsPort);

        Assert.Equal((0x15, 70), (answer[0], answer[^1]));
    }

    private async Task<string> SendAsync(string request) =>
        Encoding.Latin1.GetString(await SendAsync(Encoding.Latin1.GetBytes(request), server.PlainPort));

    /// <summary>All that comes until the server closes, which it has to.</summary>
    private static async Task<byte[]> SendAsync(byte[] request, int port)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
        using var answer = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            await socket.SendAsync(request, limit.Token);
            int read;
            while ((read = await socket.ReceiveAsync(buffer, limit.Token)) > 0) answer.Write(buffer, 0, read);
        }
        catch (SocketException)
        {
            // It closed the connection before it read the whole request; its answer has arrived before.
        }

        return answer.ToArray();
    }

    public sealed class Server : IAsyncLifetime
    {
        private IssuerProcess? issuer;

        /// <summary>Waits for what the server says beside its answer.</summary>
        public async Task SaysAsync(string words)
        {
            var since = Stopwatch.StartNew();
            while (!issuer!.Log.Contains(words, StringComparison.Ordinal) && since.Elapsed < TimeSpan.FromSeconds(10))
                await Task.Delay(20, Ct);
            Assert.Contains(words, issuer.Log, StringComparison.Ordinal);
        }

        public string Log => issuer!.Log;

        public SocketsHttpHandler CreateHandler() => issuer!.CreateHandler();

        public int PlainPort { get; } = Ports.Free();

        public int TlsPort { get; } = Ports.Free();

        public async ValueTask InitializeAsync()
        {
            issuer = new IssuerProcess(
                $"issuer: https://localhost:{TlsPort}\nlisten: [\"https://localhost:{TlsPort}\", \"http://127.0.0.1:{PlainPort}\"]\n");
            await issuer.StartAsync(TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (issuer is not null) await issuer.DisposeAsync();
        }
    }
}
