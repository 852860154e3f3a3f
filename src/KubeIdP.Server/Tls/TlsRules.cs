using System.Security.Cryptography;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Tls;

internal static class TlsRules
{
    public static IEnumerable<SettingsFault> Check(TlsOptions tls)
    {
        if (tls is { CertificateFile: null, KeyFile: null }) return [];
        if (tls.KeyFile is null)
            return [new("tls.keyFile", "There is a certificate without its private key.", "Set tls.keyFile to the PEM file of the key.")];
        if (tls.CertificateFile is null)
            return [new("tls.certificateFile", "There is a private key without its certificate.",
                "Set tls.certificateFile to the PEM file of the certificate.")];

        List<SettingsFault> unreadable = [.. FileRules.Readable("tls.certificateFile", tls.CertificateFile),
            .. FileRules.Readable("tls.keyFile", tls.KeyFile)];
        return unreadable.Count > 0 ? unreadable : CheckPair(tls.CertificateFile, tls.KeyFile);
    }

    private static IEnumerable<SettingsFault> CheckPair(string certificateFile, string keyFile)
    {
        try
        {
            PemPair.Read(certificateFile, keyFile).ToCertificate();
            return [];
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            return [new("tls.certificateFile", $"Certificate and key can't be used together: {fault.Message}",
                "Use PEM files: one with the server's certificate and then its chain, and one with the key of that certificate, without "
                    + "a password.")];
        }
    }
}
