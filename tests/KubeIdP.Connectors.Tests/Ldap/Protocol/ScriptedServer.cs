using System.Formats.Asn1;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeIdP.Connectors.Ldap.Protocol;

namespace KubeIdP.Connectors.Tests.Ldap.Protocol;

/// <summary>A directory server that does what a test says, above all what real ones never do.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<Conversation, Task> script;
    private readonly X509Certificate2? certificate;
    private readonly Task accepting;
    private int connections;

    /// <param name="certificate">With it TLS is spoken from the first byte.</param>
    public ScriptedServer(Func<Conversation, Task> script, X509Certificate2? certificate = null)
    {
        (this.script, this.certificate) = (script, certificate);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many have come so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    public LdapServer Address => new("127.0.0.1", Port, certificate is null ? LdapSecurity.Plain : LdapSecurity.Tls, Authorities: null);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Stop();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stopping.Token);
                Interlocked.Increment(ref connections);
                conversations.Add(ConverseAsync(socket));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task ConverseAsync(Socket socket)
    {
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var conversation = new Conversation(stream, stopping.Token);
            if (certificate is not null) await conversation.BeginTlsAsync(certificate);
            await script(conversation);
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or EndOfStreamException)
        {
            // The client has left, or the test is over.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }
}

/// <summary>A request as the script sees it.</summary>
/// <param name="Operation">The tag of the protocol: 0 bind, 2 unbind, 3 search, 16 abandon, 23 extended.</param>
internal sealed record Request(int Id, int Operation, byte[] Bytes);

/// <summary>One client of the scripted server.</summary>
internal sealed class Conversation(Stream stream, CancellationToken ct)
{
    private Stream stream = stream;

    public CancellationToken Stopping => ct;

    public async Task BeginTlsAsync(X509Certificate2 certificate)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, ct);
        stream = secure;
    }

    /// <summary>The next request; throws when the client has left.</summary>
    public async Task<Request> ReadAsync()
    {
        var header = new byte[2];
        await stream.ReadExactlyAsync(header, ct);
        var length = (int)header[1];
        byte[] more = [];
        if (length >= 0x80)
        {
            more = new byte[length & 0x7F];
            await stream.ReadExactlyAsync(more, ct);
            length = more.Aggregate(0, (sum, part) => (sum << 8) | part);
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, ct);
        byte[] whole = [.. header, .. more, .. body];
        var message = new AsnReader(whole, AsnEncodingRules.BER).ReadSequence();
        message.TryReadInt32(out var id);
        return new Request(id, message.PeekTag().TagValue, whole);
    }

    public Task SendAsync(params IEnumerable<byte[]> messages) => stream.WriteAsync(messages.SelectMany(message => message).ToArray(), ct).AsTask();

    /// <summary>Until the test is over or the client leaves.</summary>
    public Task HangAsync() => stream.ReadExactlyAsync(new byte[1_000_000], ct).AsTask();

    /// <summary>Takes whatever comes and says nothing, until the client leaves.</summary>
    public async Task ListenAsync(Action<Request> heard)
    {
        while (true) heard(await ReadAsync());
    }
}

/// <summary>What servers say.</summary>
internal static class Say
{
    public static byte[] Done(int id, int operation, int code = 0, string message = "", byte[]? cookie = null, params IEnumerable<(string Type, byte[] Value)> controls) => Message(id, writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.Application, operation)))
        {
            writer.WriteEnumeratedValue((LdapResultCode)code);
            writer.WriteOctetString([]);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(message));
        }

        List<(string Type, byte[] Value)> all = [.. controls, .. cookie is null ? [] : new[] { ("1.2.840.113556.1.4.319", Page(cookie)) }];
        if (all is []) return;

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            foreach (var (type, value) in all)
            {
                using (writer.PushSequence())
                {
                    writer.WriteOctetString(Encoding.ASCII.GetBytes(type));
                    writer.WriteOctetString(value);
                }
            }
        }
    });

    public static byte[] BindDone(int id, int code = 0, string message = "", params IEnumerable<(string Type, byte[] Value)> controls) => Done(id, 1, code, message, null, controls);

    public static byte[] SearchDone(int id, int code = 0, string message = "", byte[]? cookie = null) => Done(id, 5, code, message, cookie);

    public static byte[] Notice(string message) => Done(0, 24, 52, message);

    public static byte[] Entry(int id, string dn, params IEnumerable<(string Name, string[] Values)> attributes) => Message(id, writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.Application, 4)))
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(dn));
            using (writer.PushSequence())
            {
                foreach (var (name, values) in attributes)
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteOctetString(Encoding.UTF8.GetBytes(name));
                        using (writer.PushSetOf())
                        {
                            foreach (var value in values) writer.WriteOctetString(Encoding.UTF8.GetBytes(value));
                        }
                    }
                }
            }
        }
    });

    public static byte[] Reference(int id, string url) => Message(id, writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.Application, 19)))
            writer.WriteOctetString(Encoding.UTF8.GetBytes(url));
    });

    private static byte[] Page(byte[] cookie)
    {
        var page = new AsnWriter(AsnEncodingRules.BER);
        using (page.PushSequence())
        {
            page.WriteInteger(0);
            page.WriteOctetString(cookie);
        }

        return page.Encode();
    }

    private static byte[] Message(int id, Action<AsnWriter> operation)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            operation(writer);
        }

        return writer.Encode();
    }
}
