using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Testing.Directories;

/// <summary>
/// A certificate authority such as a company keeps for its directory servers, and the certificates that it signs, good and bad ones.
/// </summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 authority;

    public TestAuthority(string name = "CN=Test directory CA")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0,
                critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    /// <summary>As a CA file has it.</summary>
    public string Pem => authority.ExportCertificatePem() + "\n";

    public string PrivateKeyPem => authority.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>What clients trust.</summary>
    public X509Certificate2Collection Certificates => [authority];

    /// <summary>A certificate with its key.</summary>
    /// <param name="names">
    /// DNS names and addresses that it is for; what looks like an address is a DNS name with <c>DNS:</c> before it.
    /// </param>
    /// <param name="until">When it ends; null for tomorrow.</param>
    /// <param name="since">When it begins; null for 30 days before its end.</param>
    public X509Certificate2 Issue(IReadOnlyList<string> names, DateTimeOffset? until = null, DateTimeOffset? since = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=directory server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name.StartsWith("DNS:", StringComparison.Ordinal) ? name[4..] : name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        var end = until ?? DateTimeOffset.UtcNow.AddDays(1);
        using var certificate = request.Create(authority, since ?? end.AddDays(-30), end, [0x4B, .. RandomNumberGenerator.GetBytes(15)]);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Writes <c>ca.pem</c>, <c>server.pem</c> and <c>server.key</c>, the last for its owner alone.</summary>
    public void WriteFiles(string folder, X509Certificate2 server)
    {
        File.WriteAllText($"{folder}/ca.pem", Pem);
        File.WriteAllText($"{folder}/server.pem", server.ExportCertificatePem() + "\n");
        using var key = server.GetECDsaPrivateKey()!;
        File.WriteAllText($"{folder}/server.key", key.ExportPkcs8PrivateKeyPem() + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode($"{folder}/server.key", UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => authority.Dispose();
}
