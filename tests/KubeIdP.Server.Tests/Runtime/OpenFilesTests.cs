using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Runtime;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Runtime;

/// <summary>
/// A server that may have few files open. At the limit the runtime would end the process, wherever it opens the next one.
/// </summary>
public sealed class OpenFilesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null, 10_000)]
    [InlineData(1_000_000, null, 10_000)]
    [InlineData(1_000_000, "Host=db", 10_000)]
    [InlineData(650, null, 200)]
    [InlineData(650, "Host=db;Maximum Pool Size=20", 193)]
    public void Most_files_are_for_everything_else(int? left, string? postgres, int expected) =>
        Assert.Equal(expected, ConnectionLimit.MaxFor(left, postgres));

    [Fact]
    public void Without_room_for_a_connection_beside_the_databases_there_is_no_start() =>
        Assert.Contains("ulimit -n", Assert.Throws<StartFault>(() => ConnectionLimit.MaxFor(150, "Host=db")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("serve")]
    [InlineData("check")]
    public async Task Fewer_files_than_a_start_needs_are_named(string command)
    {
        await using var issuer = Limited(256, $"issuer: https://localhost:{Ports.Free()}\n");

        var outcome = await issuer.RunAsync([command], ct: Ct);

        Assert.InRange(outcome.ExitCode, 1, 2);
        Assert.Contains("This process may open at most 256 files, and a server needs at least 512.", outcome.Output + outcome.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_send_nothing_get_a_share_and_are_closed_and_the_server_serves_others()
    {
        var management = Ports.Free();
        await using var issuer = Limited(512,
            $"issuer: https://localhost:{Ports.Free()}\nmanagement:\n  listen: http://127.0.0.1:{management}\n");
        await issuer.StartAsync(Ct);
        var silent = new List<Socket>();

        // Half of them with a handshake that is done, half without.
        for (var i = 0; i < 400; i++) silent.Add(await OpenAsync(issuer.Address.Port, withTls: i % 2 == 0));

        // From elsewhere, and on the platform's listener, all is as before.
        var connects = 0;
        List<HttpClient> elsewhere = [NewClient(HttpVersion.Version11), NewClient(HttpVersion.Version20)];
        foreach (var client in elsewhere) Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("", Ct)).StatusCode);
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{management}") };
        Assert.Equal("ok\n", await platform.GetStringAsync("/livez", Ct));
        Assert.True(OpenFilesOf(issuer.ProcessId) < 500, $"{OpenFilesOf(issuer.ProcessId)} files are open.");

        // Those who came to nothing are closed, and then the same address is served again.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        foreach (var socket in silent) await ReadToEndAsync(socket, limit.Token);

        // Those who had something to ask keep their connections.
        foreach (var client in elsewhere)
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(".well-known/openid-configuration", Ct)).StatusCode);
        Assert.Equal(2, connects);
        using var here = new HttpClient(issuer.CreateHandler()) { BaseAddress = issuer.Issuer };
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync(".well-known/openid-configuration", Ct)).StatusCode);

        foreach (var socket in silent) socket.Dispose();
        foreach (var client in elsewhere) client.Dispose();
        Assert.Equal(0, await issuer.StopAsync(Ct));
        Assert.Contains("This process may open at most 512 files", issuer.Log, StringComparison.Ordinal);
        Assert.Contains("New connections are refused", issuer.Log, StringComparison.Ordinal);

        HttpClient NewClient(Version version)
        {
            var handler = issuer.CreateHandler(IPAddress.Parse("127.0.0.2"));
            var connect = handler.ConnectCallback!;
            handler.ConnectCallback = (context, ct) =>
            {
                Interlocked.Increment(ref connects);
                return connect(context, ct);
            };
            return new HttpClient(handler) { BaseAddress = issuer.Issuer, DefaultRequestVersion = version,
                DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        }
    }

    private static IssuerProcess Limited(int files, string yaml) => new(yaml)
    {
        Program = _ =>
            ["prlimit", string.Create(CultureInfo.InvariantCulture, $"--nofile={files}:{files}"), IssuerProcess.DotnetHost,
                IssuerProcess.ServerDll],
    };

    private static async Task<Socket> OpenAsync(int port, bool withTls)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, Ct);
            if (!withTls) return socket;

            // Not disposed of, which would say goodbye.
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "localhost",
                    RemoteCertificateValidationCallback = (_, _, _, errors) => errors >= 0 }, Ct);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            // One too many, and closed.
        }

        return socket;
    }

    private static async Task ReadToEndAsync(Socket socket, CancellationToken ct)
    {
        var buffer = new byte[4096];
        try
        {
            while (socket.Connected && await socket.ReceiveAsync(buffer, ct) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Closed with something unread.
        }
    }

    private static int OpenFilesOf(int process) => Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();
}
