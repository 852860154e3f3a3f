using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Server.Tls;

/// <summary>A certificate with its key and the intermediates that clients need to build the chain to its root.</summary>
internal sealed class ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection intermediates)
{
    public X509Certificate2 Leaf => leaf;

    /// <summary>
    /// Created once per certificate, because TLS sessions are resumed within one context. Offline, because a handshake must not wait for
    /// another server.
    /// </summary>
    public SslStreamCertificateContext Context { get; } = SslStreamCertificateContext.Create(leaf, intermediates, offline: true);
}
