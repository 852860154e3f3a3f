using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Core.Network;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// How this server calls others: over TLS, straight to the address that it has looked at, and to one inside only where the configuration allows it. It follows
/// no redirect and uses no proxy, so that nobody who is called can send it elsewhere.
/// </summary>
internal static class OutboundHttp
{
    /// <summary>For a connection, with TLS, whatever the caller's own limit is.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <param name="allowed">Networks inside that may be called.</param>
    /// <param name="caFile">Whose certificates are believed; null: those that this machine trusts.</param>
    /// <param name="clock">For the turns of several addresses.</param>
    public static SocketsHttpHandler CreateHandler(IReadOnlyList<AddressRange> allowed, string? caFile, TimeProvider clock)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectTimeout = ConnectLimit,
            ConnectCallback = async (context, ct) => await ConnectAsync(context.DnsEndPoint.Host, await Outbound.ResolveAsync(context.DnsEndPoint.Host, ct), context.DnsEndPoint.Port, allowed, clock, ct),
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

    /// <summary>Calls somebody who was named by an administrator at the keyboard: wherever that leads, by a proxy of theirs too.</summary>
    public static SocketsHttpHandler CreateHandlerForAdministrator(TimeProvider clock) => new()
    {
        // Whoever is asked can't send the token elsewhere.
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectCallback = async (context, ct) => await Outbound.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ConnectLimit, clock, ct),
    };

    /// <summary>The addresses that are looked at are those that are called: a name that is resolved again could lead elsewhere by then.</summary>
    internal static Task<Stream> ConnectAsync(string host, IReadOnlyList<IPAddress> addresses, int port, IReadOnlyList<AddressRange> allowed, TimeProvider clock, CancellationToken ct) =>
        addresses.FirstOrDefault(address => !PublicAddresses.Contain(address) && !allowed.Any(network => network.Contains(address))) is { } inside
            ? throw new AddressNotAllowed(host, inside)
            : Outbound.FirstAsync(addresses, (address, either) => Outbound.ConnectAsync(address, port, either), ConnectLimit, clock, ct);
}

/// <summary>A name leads to an address inside, which the configuration does not allow.</summary>
internal sealed class AddressNotAllowed(string host, IPAddress address) : IOException($"{host} is {address}, an address inside, which the configuration does not allow.");
