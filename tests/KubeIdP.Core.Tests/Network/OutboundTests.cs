using System.Net;
using System.Net.Sockets;
using KubeIdP.Core.Network;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Core.Tests.Network;

/// <summary>
/// The kernel waits two minutes for an address that does not answer: a connection by way of <see cref="Outbound"/> does not.
/// </summary>
public sealed class OutboundTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TcpListener live = new(IPAddress.Parse("127.0.0.2"), 0);
    private BlackHole dead = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)live.LocalEndpoint).Port;

    public async ValueTask InitializeAsync()
    {
        live.Start();
        dead = await BlackHole.OpenAsync("127.0.0.1", Port, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await dead.DisposeAsync();
        live.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1 127.0.0.2")]
    [InlineData("127.0.0.2 127.0.0.1")]
    [InlineData("127.0.0.1 127.0.0.1 127.0.0.1 127.0.0.2")]
    [InlineData("127.0.0.3 127.0.0.1 127.0.0.2")]
    [InlineData("::1 127.0.0.1 127.0.0.2")]
    public async Task An_address_that_does_not_answer_or_refuses_does_not_block_one_that_answers(string addresses)
    {
        await using var stream = await ConnectAsync(addresses.Split(' '), Limit);

        Assert.Equal("127.0.0.2", PeerOf(stream));
    }

    [Fact]
    public async Task All_addresses_get_their_turn_within_a_short_limit()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);

        await using var stream = await Outbound.FirstAsync(
            [.. Enumerable.Repeat(dead.Address, 200), IPAddress.Parse("127.0.0.2")], (address, either) =>
                Outbound.ConnectAsync(address, Port, either), TimeSpan.FromSeconds(1), TimeProvider.System, limit.Token);

        Assert.Equal("127.0.0.2", PeerOf(stream));
    }

    [Fact]
    public async Task When_all_refuse_the_reason_is_reported()
    {
        var fault = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(["127.0.0.3", "127.0.0.4"], Limit));

        Assert.Equal(SocketError.ConnectionRefused, fault.SocketErrorCode);
    }

    [Fact]
    public async Task A_caller_that_gives_up_waits_no_longer()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var connecting = Outbound.FirstAsync([dead.Address, dead.Address],
            (address, either) => Outbound.ConnectAsync(address, Port, either), Limit, TimeProvider.System, leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    [Fact]
    public async Task What_the_others_have_opened_is_closed()
    {
        var (slow, closed) = (new TaskCompletionSource<Opened>(), new TaskCompletionSource());
        var first = await Outbound.FirstAsync(
            [IPAddress.Loopback, IPAddress.IPv6Loopback], (address, _) =>
                address.Equals(IPAddress.Loopback) ? slow.Task : Task.FromResult(new Opened(() => { })), Limit, TimeProvider.System, Ct);

        slow.SetResult(new Opened(closed.SetResult));

        await closed.Task.WaitAsync(Ct);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task An_address_as_text_is_not_looked_up() =>
        Assert.Equal([IPAddress.Parse("192.0.2.7")], await Outbound.ResolveAsync("192.0.2.7", Ct));

    [Fact]
    public async Task A_name_without_an_address_is_reported() =>
        await Assert.ThrowsAsync<SocketException>(() => Outbound.ResolveAsync("no-such-host.invalid", Ct));

    private Task<Stream> ConnectAsync(IEnumerable<string> addresses, TimeSpan limit) =>
        Outbound.FirstAsync([.. addresses.Select(IPAddress.Parse)], (address, either) => Outbound.ConnectAsync(address, Port, either),
            limit, TimeProvider.System, Ct);

    private static string PeerOf(Stream stream) => ((IPEndPoint)((NetworkStream)stream).Socket.RemoteEndPoint!).Address.ToString();

    private sealed class Opened(Action closing) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            closing();
            return ValueTask.CompletedTask;
        }
    }
}
