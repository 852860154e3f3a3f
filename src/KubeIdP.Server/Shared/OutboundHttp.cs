using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Server.Shared;

/// <summary>
/// How this server calls others: over TLS, straight to the address that it has looked at, and to one inside only where the configuration allows it. It follows
/// no redirect and uses no proxy, so that nobody who is called can send it elsewhere.
/// </summary>
internal static class OutboundHttp
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <param name="allowed">Networks inside that may be called.</param>
    /// <param name="caFile">Whose certificates are believed; null: those that this machine trusts.</param>
    public static SocketsHttpHandler CreateHandler(IReadOnlyList<IPNetwork> allowed, string? caFile)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, allowed, ct),
        };
        if (caFile is not null) handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustOnly(caFile) };
        return handler;
    }

    /// <summary>Believes the certificates of a file (PEM) and nobody else's.</summary>
    public static X509ChainPolicy TrustOnly(string caFile)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true, TrustMode = X509ChainTrustMode.CustomRootTrust };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        return policy;
    }

    // The address that was looked at is the one that is called: a name that is resolved again could lead elsewhere by then.
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, IReadOnlyList<IPNetwork> allowed, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, ct);
        if (Array.Find(addresses, address => !PublicAddresses.Contain(address) && !allowed.Any(network => network.Contains(address))) is { } inside)
            throw new AddressNotAllowed(target.Host, inside);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A name leads to an address inside, which the configuration does not allow.</summary>
internal sealed class AddressNotAllowed(string host, IPAddress address) : IOException($"{host} is {address}, an address inside, which the configuration does not allow.");
