using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Testing.Directories.Scripted;

/// <summary>One client of the scripted server.</summary>
public sealed class Conversation(Stream stream, CancellationToken ct)
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

    public Task SendAsync(params IEnumerable<byte[]> messages) =>
        stream.WriteAsync(messages.SelectMany(message => message).ToArray(), ct).AsTask();

    /// <summary>Until the test is over or the client leaves.</summary>
    public Task HangAsync() => stream.ReadExactlyAsync(new byte[1_000_000], ct).AsTask();

    /// <summary>Takes whatever comes and says nothing, until the client leaves.</summary>
    public async Task ListenAsync(Action<Request> heard)
    {
        while (true) heard(await ReadAsync());
    }
}
