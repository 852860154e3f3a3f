using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using KubeIdP.Server.Runtime;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace KubeIdP.Server.Tls;

/// <summary>
/// The certificate for every handshake. When a connection arrives and the interval has passed, it checks its source again, so that nothing
/// runs while nobody connects. A certificate that can't be used is logged once, and the current one stays in use.
/// </summary>
internal sealed class ServerCertificates
{
    private readonly ICertificateSource source;
    private readonly TimeProvider clock;
    private readonly ILogger<ServerCertificates> logger;
    private volatile ServerCertificate current;
    private PemPair lastRead;
    private long nextCheck;

    /// <summary>Throws <see cref="StartFault"/> if there is no usable certificate.</summary>
    public ServerCertificates(ICertificateSource source, TimeProvider clock, ILogger<ServerCertificates> logger)
    {
        (this.source, this.clock, this.logger) = (source, clock, logger);
        try
        {
            lastRead = source.Read();
            current = lastRead.ToCertificate();
        }
        catch (Exception fault) when (IsExpected(fault))
        {
            throw new StartFault(
                $"There is no usable TLS certificate: {fault.Message} Check tls.certificateFile and tls.keyFile, or make dataDirectory "
                + $"writable for this process.");
        }

        nextCheck = NextCheck();
        logger.CertificateInUse(current.Leaf.SerialNumber, current.Leaf.NotAfter);
    }

    /// <summary>The certificate to serve now. One caller per interval checks whether it has changed; the others don't wait.</summary>
    public ServerCertificate Current
    {
        get
        {
            var due = Volatile.Read(ref nextCheck);
            if (clock.GetUtcNow().UtcTicks >= due && Interlocked.CompareExchange(ref nextCheck, NextCheck(), due) == due) Check();
            return current;
        }
    }

    /// <summary>Uses the configured certificate, otherwise one of <paramref name="own"/>. Throws <see cref="StartFault"/>.</summary>
    public static ServerCertificates For(TlsOptions tls, LocalAuthority own, TimeProvider clock, ILogger<ServerCertificates> logger) =>
        new(tls is { CertificateFile: { } certificate, KeyFile: { } key } ? new CertificateFiles(certificate, key) : own, clock, logger);

    /// <summary>
    /// For <c>UseHttps</c>. A plain certificate selector would send the leaf without its intermediates. The certificates are loaded when a
    /// connection arrives, and not before the listener is bound: a server that can't listen must not replace the authority that others
    /// trust.
    /// </summary>
    public static TlsHandshakeCallbackOptions HandshakeOptions(IServiceProvider services) => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = services.GetRequiredService<ServerCertificates>().Current.Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        }),
    };

    private void Check()
    {
        try
        {
            var pair = source.Read();
            if (pair == lastRead) return;

            // Set before the pair is tried, so that a pair that doesn't match is tried and logged only once.
            lastRead = pair;
            current = pair.ToCertificate();
            logger.CertificateInUse(current.Leaf.SerialNumber, current.Leaf.NotAfter);
        }
        catch (Exception fault) when (IsExpected(fault))
        {
            logger.CertificateNotReplaced(current.Leaf.NotAfter, fault.GetBaseException().Message);
        }
    }

    private long NextCheck() => (clock.GetUtcNow() + source.CheckInterval).UtcTicks;

    private static bool IsExpected(Exception fault) =>
        fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;
}
