using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace KubeIdP.Ldap;

/// <summary>Opens a stream to a server, with TLS where the server is configured with it.</summary>
internal static class Dialling
{
    // Far more than any StartTLS answer, and the server is not authenticated yet.
    private const int FirstAnswerBytes = 16 * 1024;

    /// <summary>The last message id that may have been used before the stream is handed over.</summary>
    public const int LastId = StartTlsId;

    private const int StartTlsId = 1;

    /// <param name="limit">Within which the caller gives up.</param>
    /// <exception cref="LdapException">There is no such stream; the message says why.</exception>
    public static async Task<Stream> DialAsync(
        LdapServer server, LdapNetwork network, TimeSpan limit, TimeProvider clock, CancellationToken ct) =>
        await DialAsync(server, await AddressesOfAsync(server, network, ct), network, limit, clock, ct);

    /// <summary>
    /// To the first of these addresses with which TCP and TLS succeed: one where TLS fails is as useless as one that takes no connection.
    /// </summary>
    /// <inheritdoc cref="DialAsync(LdapServer, LdapNetwork, TimeSpan, TimeProvider, CancellationToken)"/>
    public static Task<Stream> DialAsync(
        LdapServer server, IReadOnlyList<IPAddress> addresses, LdapNetwork network, TimeSpan limit, TimeProvider clock,
        CancellationToken ct) =>
        network.FirstAsync(addresses, (address, either) => DialAsync(server, address, network, either), limit, clock, ct);

    /// <exception cref="LdapException">The server's name has no address.</exception>
    public static async Task<IReadOnlyList<IPAddress>> AddressesOfAsync(LdapServer server, LdapNetwork network, CancellationToken ct)
    {
        try
        {
            return await network.ResolveAsync(server.Host, ct);
        }
        catch (SocketException fault)
        {
            throw new LdapException(LdapErrorKind.NameNotResolved, $"The name {server.Host} has no address: {fault.Message}.", fault);
        }
    }

    private static async Task<Stream> DialAsync(LdapServer server, IPAddress address, LdapNetwork network, CancellationToken ct)
    {
        var connection = await ConnectAsync(server, address, network, ct);
        try
        {
            if (server.Security == LdapSecurity.Plain) return connection;

            if (server.Security == LdapSecurity.StartTls) await StartTlsAsync(server, connection, ct);
            return await SecureAsync(server, connection, ct);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> ConnectAsync(LdapServer server, IPAddress address, LdapNetwork network, CancellationToken ct)
    {
        try
        {
            return await network.ConnectAsync(address, server.Port, ct);
        }
        catch (SocketException fault)
        {
            throw new LdapException(LdapErrorKind.ConnectFailed, $"No connection to {server}: {fault.Message}.", fault);
        }
    }

    private static async Task StartTlsAsync(LdapServer server, Stream connection, CancellationToken ct)
    {
        try
        {
            await connection.WriteAsync(LdapMessage.Extended(StartTlsId, LdapMessage.StartTls), ct);
            var messages = new MessageStream(connection, FirstAnswerBytes);
            var answer = await messages.ReadAsync(ct)
                ?? throw new LdapException(LdapErrorKind.Closed, $"{server} closed the connection instead of starting TLS.");
            if (LdapMessage.Read(answer) is not (StartTlsId, LdapResponse.Done { Kind: ResponseKind.Extended } done))
                throw new LdapException(LdapErrorKind.Protocol, $"{server} answered the request for TLS with something else.");
            if (!done.Result.IsSuccess) throw new LdapException(LdapErrorKind.Tls, $"{server} does not start TLS: {done.Result}");

            // What follows the answer was sent without TLS, and would be read as if it had come with it.
            if (messages.HasMore) throw new LdapException(LdapErrorKind.Protocol, $"{server} sent more before TLS began.");
        }
        catch (IOException fault)
        {
            throw new LdapException(LdapErrorKind.Closed, $"{server} closed the connection instead of starting TLS.", fault);
        }
    }

    private static async Task<Stream> SecureAsync(LdapServer server, Stream connection, CancellationToken ct)
    {
        var certificate = new ServerCertificate(server);
        var secure = new SslStream(connection);
        try
        {
            await secure.AuthenticateAsClientAsync(certificate.Options(), ct);
            return secure;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException)
        {
            await secure.DisposeAsync();
            throw certificate.Fault is { } wrong
                ? new LdapException(
                    certificate.IsIssuerUnknown ? LdapErrorKind.UnknownAuthority : LdapErrorKind.Certificate,
                    $"The certificate of {server} can't be trusted: {wrong}.", fault)
                : new LdapException(LdapErrorKind.Tls, $"No TLS with {server}: {(fault.InnerException ?? fault).Message}", fault);
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }
}
