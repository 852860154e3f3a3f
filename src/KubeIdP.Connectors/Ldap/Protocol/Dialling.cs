using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using KubeIdP.Core.Network;

namespace KubeIdP.Connectors.Ldap.Protocol;

/// <summary>From a server's address to a stream that is as safe as the configuration demands.</summary>
internal static class Dialling
{
    // Nothing of a StartTLS answer comes near this, and nobody has proven to be our server yet.
    private const int FirstAnswerBytes = 16 * 1024;

    /// <summary>The last message id that may have been used before the stream is handed over.</summary>
    public const int LastId = StartTlsId;

    private const int StartTlsId = 1;

    /// <param name="limit">Within which the caller gives up.</param>
    /// <exception cref="LdapFault">There is no such stream; the message says what stood in the way.</exception>
    public static async Task<Stream> DialAsync(LdapServer server, TimeSpan limit, TimeProvider clock, CancellationToken ct) =>
        await DialAsync(server, await AddressesOfAsync(server, ct), limit, clock, ct);

    /// <summary>To the first of these addresses with which all of it succeeds: one behind which nobody speaks TLS any more is as dead as one that nobody has.</summary>
    /// <inheritdoc cref="DialAsync(LdapServer, TimeSpan, TimeProvider, CancellationToken)"/>
    public static Task<Stream> DialAsync(LdapServer server, IReadOnlyList<IPAddress> addresses, TimeSpan limit, TimeProvider clock, CancellationToken ct) =>
        Outbound.FirstAsync(addresses, (address, either) => DialAsync(server, address, either), limit, clock, ct);

    /// <exception cref="LdapFault">The server's name has no address.</exception>
    public static async Task<IReadOnlyList<IPAddress>> AddressesOfAsync(LdapServer server, CancellationToken ct)
    {
        try
        {
            return await Outbound.ResolveAsync(server.Host, ct);
        }
        catch (SocketException fault)
        {
            throw new LdapFault(LdapFaultKind.Unresolved, $"The name {server.Host} has no address: {fault.Message}.", fault);
        }
    }

    private static async Task<Stream> DialAsync(LdapServer server, IPAddress address, CancellationToken ct)
    {
        var network = await ConnectAsync(server, address, ct);
        try
        {
            if (server.Security == LdapSecurity.Plain) return network;

            if (server.Security == LdapSecurity.StartTls) await StartTlsAsync(server, network, ct);
            return await SecureAsync(server, network, ct);
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> ConnectAsync(LdapServer server, IPAddress address, CancellationToken ct)
    {
        try
        {
            return await Outbound.ConnectAsync(address, server.Port, ct);
        }
        catch (SocketException fault)
        {
            throw new LdapFault(LdapFaultKind.NotConnected, $"No connection to {server}: {fault.Message}.", fault);
        }
    }

    private static async Task StartTlsAsync(LdapServer server, Stream network, CancellationToken ct)
    {
        try
        {
            await network.WriteAsync(LdapMessage.Extended(StartTlsId, LdapMessage.StartTls), ct);
            var messages = new MessageStream(network, FirstAnswerBytes);
            var answer = await messages.ReadAsync(ct) ?? throw new LdapFault(LdapFaultKind.Closed, $"{server} closed the connection instead of starting TLS.");
            if (LdapMessage.Read(answer) is not (StartTlsId, LdapResponse.Done { Kind: ResponseKind.Extended } done))
                throw new LdapFault(LdapFaultKind.Protocol, $"{server} answered the request for TLS with something else.");
            if (!done.Result.IsSuccess) throw new LdapFault(LdapFaultKind.Tls, $"{server} does not start TLS: {done.Result}");

            // Whatever lies behind the answer was sent unprotected, and would be taken for a protected answer.
            if (messages.HasMore) throw new LdapFault(LdapFaultKind.Protocol, $"{server} sent more before TLS began.");
        }
        catch (IOException fault)
        {
            throw new LdapFault(LdapFaultKind.Closed, $"{server} closed the connection instead of starting TLS.", fault);
        }
    }

    private static async Task<Stream> SecureAsync(LdapServer server, Stream network, CancellationToken ct)
    {
        var certificate = new ServerCertificate(server);
        var secure = new SslStream(network);
        try
        {
            await secure.AuthenticateAsClientAsync(certificate.Options(), ct);
            return secure;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException)
        {
            await secure.DisposeAsync();
            throw certificate.Fault is { } wrong
                ? new LdapFault(certificate.IsIssuerUnknown ? LdapFaultKind.UnknownAuthority : LdapFaultKind.Certificate, $"The certificate of {server} can't be trusted: {wrong}.", fault)
                : new LdapFault(LdapFaultKind.Tls, $"No TLS with {server}: {(fault.InnerException ?? fault).Message}", fault);
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }
}
