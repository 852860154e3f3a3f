namespace KubeIdP.Server.Tls;

/// <summary>
/// A certificate that is renewed externally. Changes are detected by the content, not by the modification time: a mounted Kubernetes secret
/// is behind two symbolic links, and a coarse timestamp hides a key that is written within the same tick as its certificate.
/// </summary>
internal sealed class CertificateFiles(string certificateFile, string keyFile) : ICertificateSource
{
    public TimeSpan CheckInterval { get; } = TimeSpan.FromSeconds(10);

    public PemPair Read() => PemPair.Read(certificateFile, keyFile);
}
