using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Server.Tls;

/// <summary>A certificate with its key and the intermediates that clients need to find their way to its root.</summary>
internal sealed class ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection intermediates)
{
    public X509Certificate2 Leaf => leaf;

    /// <summary>Made once per certificate: sessions are resumed within one context. Offline, for a handshake must not wait for somebody else's server.</summary>
    public SslStreamCertificateContext Context { get; } = SslStreamCertificateContext.Create(leaf, intermediates, offline: true);
}
