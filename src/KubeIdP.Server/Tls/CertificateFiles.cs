namespace KubeIdP.Server.Tls;

/// <summary>
/// A certificate that somebody else renews. It looks at the text, not at the time of the last write: that of a mounted Kubernetes secret is behind two
/// symbolic links, and a coarse one hides a key that follows its certificate within the same tick.
/// </summary>
internal sealed class CertificateFiles(string certificateFile, string keyFile) : ICertificateSource
{
    public TimeSpan CheckInterval { get; } = TimeSpan.FromSeconds(10);

    public PemPair Read() => PemPair.Read(certificateFile, keyFile);
}
