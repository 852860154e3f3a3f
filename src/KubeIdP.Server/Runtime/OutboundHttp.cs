using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Core.Network;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// How this server calls others: over TLS, directly to an address that was checked, and to an internal address only if the configuration
/// allows it. It follows no redirects and uses no proxy, so that the called server can't send it elsewhere.
/// </summary>
internal static class OutboundHttp
{
    /// <summary>The timeout for connecting, including TLS, regardless of the caller's own timeout.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <param name="allowed">Internal networks that may be called.</param>
    /// <param name="caFile">The certificate authorities to trust; null: those that this machine trusts.</param>
    /// <param name="clock">Times the attempts at several addresses.</param>
    public static SocketsHttpHandler CreateHandler(IReadOnlyList<AddressRange> allowed, string? caFile, TimeProvider clock)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = async (context, ct) =>
                await ConnectAsync(context.DnsEndPoint.Host, await Outbound.ResolveAsync(context.DnsEndPoint.Host, ct),
                    context.DnsEndPoint.Port, allowed, clock, ct),
        };
        if (caFile is not null) handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustOnly(caFile) };
        return handler;
    }

    /// <summary>Trusts only the certificates in a file (PEM).</summary>
    public static X509ChainPolicy TrustOnly(string caFile)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true,
            TrustMode = X509ChainTrustMode.CustomRootTrust };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        return policy;
    }

    /// <summary>For calls to a server that an administrator named on the command line: to any address, also through a proxy.</summary>
    public static SocketsHttpHandler CreateHandlerForAdministrator(TimeProvider clock) => new()
    {
        // The called server must not redirect the token elsewhere.
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectCallback = async (context, ct) =>
            await Outbound.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ConnectTimeout, clock, ct),
    };

    /// <summary>Exactly the checked addresses are called, because a second resolution of the name could return others.</summary>
    internal static Task<Stream> ConnectAsync(string host, IReadOnlyList<IPAddress> addresses, int port,
        IReadOnlyList<AddressRange> allowed, TimeProvider clock, CancellationToken ct) =>
        addresses.FirstOrDefault(address => !PublicAddresses.Contain(address) && !allowed.Any(network => network.Contains(address)))
            is { } inside
            ? throw new AddressNotAllowed(host, inside)
            : Outbound.FirstAsync(addresses, (address, either) => Outbound.ConnectAsync(address, port, either), ConnectTimeout, clock, ct);
}

/// <summary>A name resolves to an internal address, which the configuration does not allow.</summary>
internal sealed class AddressNotAllowed(string host, IPAddress address)
    : IOException($"{host} is {address}, an internal address, which the configuration does not allow.");
