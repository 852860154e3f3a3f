using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Server.Tls;

/// <summary>The text of a certificate file (the server's certificate, then its intermediates) and of its key file.</summary>
internal sealed record PemPair(string Certificate, string Key)
{
    public static PemPair Read(string certificateFile, string keyFile) => new(File.ReadAllText(certificateFile), File.ReadAllText(keyFile));

    /// <summary>
    /// Throws <see cref="System.Security.Cryptography.CryptographicException"/> or <see cref="ArgumentException"/> if the two do not match.
    /// </summary>
    public ServerCertificate ToCertificate()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(Certificate);
        var leaf = X509Certificate2.CreateFromPem(Certificate, Key);
        return new ServerCertificate(leaf, [.. chain.Skip(1)]);
    }
}
