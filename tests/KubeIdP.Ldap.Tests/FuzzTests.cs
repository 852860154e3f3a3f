using CsCheck;
using KubeIdP.Testing.Directories.Scripted;
using Xunit;

namespace KubeIdP.Ldap.Tests;

/// <summary>
/// Whatever comes from the network is read as messages or reported as a fault; the reader never hangs, and uses no more memory than there
/// are bytes.
/// </summary>
public sealed class FuzzTests
{
    private static readonly Gen<byte[]> Anything = Gen.Byte.Array[0, 400];

    // What looks like LDAP gets further into the reader.
    private static readonly Gen<byte[]> Damaged = Gen.Select(
        Gen.OneOf(
            Gen.Const(Say.BindDone(1)), Gen.Const(Say.SearchDone(3, cookie: [1, 2, 3])), Gen.Const(Say.Notice("bye")),
            Gen.Const(Say.Reference(4, "ldap://x")),
            Gen.Const(Say.Entry(5, "cn=alice,dc=test", ("cn", ["alice"]), ("member;range=0-1", ["a", "b"])))),
        Gen.Select(Gen.Int[0, 200], Gen.Byte).Array[0, 4],
        Gen.Int[0, 200],
        (byte[] whole, (int At, byte Value)[] changes, int cut) =>
        {
            var damaged = whole.ToArray();
            foreach (var (at, value) in changes) damaged[at % damaged.Length] = value;
            return cut < damaged.Length ? damaged[..cut] : damaged;
        });

    private static readonly Gen<byte[]> Stream = Gen.OneOf(Anything, Damaged).Array[1, 6]
        .Select(parts => parts.SelectMany(part => part).ToArray());

    [Fact]
    public void A_message_is_read_or_refused() => Gen.OneOf(Anything, Damaged).Sample(
        bytes =>
        {
            try
            {
                LdapMessage.Read(bytes);
            }
            catch (LdapException fault)
            {
                Assert.Equal(LdapErrorKind.Protocol, fault.Kind);
            }
        }, iter: 50_000);

    [Fact]
    public async Task A_stream_is_cut_into_messages_or_refused() => await Gen.Select(Stream, Gen.Int[1, 50]).SampleAsync(
        async (bytes, chunk) =>
        {
            var messages = new MessageStream(new Trickle(bytes, chunk), limit: 300);
            var taken = 0;
            try
            {
                while (await messages.ReadAsync(CancellationToken.None) is { } message)
                {
                    Assert.True(message.Span.SequenceEqual(bytes.AsSpan(taken, message.Length)));
                    taken += message.Length;
                }

                Assert.Equal(bytes.Length, taken);
            }
            catch (LdapException fault)
            {
                Assert.True(fault.Kind is LdapErrorKind.Protocol or LdapErrorKind.Closed or LdapErrorKind.TooLarge);
            }
        }, iter: 20_000);

    [Fact]
    public async Task A_connection_ends_with_a_fault_and_without_a_hang()
    {
        await Stream.SampleAsync(async bytes =>
        {
            await using var server = new ScriptedServer(async client =>
            {
                await client.ReadAsync();
                await client.SendAsync(bytes);
            });
            await using var connection = await LdapConnection.ConnectAsync(
                server.Address, ScriptedServer.Network,
                new LdapLimits { Connect = TimeSpan.FromMinutes(1), Bind = TimeSpan.FromMinutes(1) },
                TimeProvider.System, CancellationToken.None);

            var fault = await Assert.ThrowsAsync<LdapException>(() => connection.BindAsync("cn=alice", "secret", CancellationToken.None));

            Assert.NotEqual(LdapErrorKind.Timeout, fault.Kind);
        }, iter: 300, threads: 2);
    }

    [Fact]
    public async Task Memory_is_allocated_for_what_came_and_not_for_what_was_announced()
    {
        const int Announced = 256 * 1024 * 1024;
        var messages = new MessageStream(new Trickle([0x30, 0x84, 0x10, 0x00, 0x00, 0x00, 0x01], 7), limit: Announced);
        var before = GC.GetAllocatedBytesForCurrentThread();

        await Assert.ThrowsAsync<LdapException>(async () => await messages.ReadAsync(TestContext.Current.CancellationToken));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    /// <summary>A stream that gives only so many bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
