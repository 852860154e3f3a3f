using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeIdP.Cli.Network;

/// <summary>The certificate authority that the person or a kubeconfig names, trusted in addition to those of this machine.</summary>
internal sealed class CertificateAuthority
{
    private const string Begin = "-----BEGIN CERTIFICATE-----";
    private const string End = "-----END CERTIFICATE-----";

    private readonly string source;

    private CertificateAuthority(string pem, string fingerprint, string source)
    {
        Pem = pem;
        Fingerprint = fingerprint;
        this.source = source;
    }

    public string Pem { get; }

    /// <summary>
    /// The certificates without what is around them and without line breaks, so that a file and the same data in a kubeconfig are one
    /// authority. Comparing needs no cryptography: see <see cref="Certificates"/> for whether they are any.
    /// </summary>
    public string Fingerprint { get; }

    /// <exception cref="Misuse">The file can't be read, or has no certificate.</exception>
    public static CertificateAuthority FromFile(string path)
    {
        try
        {
            return FromPem(File.ReadAllText(path), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new Misuse($"The certificate authority in {path} can't be read: {fault.Message}");
        }
    }

    /// <summary>As kubeconfigs have it.</summary>
    /// <exception cref="Misuse">It is not base64, or has no certificate.</exception>
    public static CertificateAuthority FromData(string base64)
    {
        const string Option = "--certificate-authority-data";
        try
        {
            return FromPem(Encoding.UTF8.GetString(Convert.FromBase64String(base64)), Option);
        }
        catch (FormatException)
        {
            throw new Misuse($"{Option} is not base64.");
        }
    }

    /// <param name="source">Where it is from, for errors.</param>
    /// <exception cref="Misuse">It has no certificate.</exception>
    public static CertificateAuthority FromPem(string pem, string source) =>
        FingerprintOf(pem) is { Length: > 0 } fingerprint
            ? new CertificateAuthority(pem, fingerprint, source)
            : throw new Misuse($"{source} has no certificate (PEM).");

    /// <summary>Whether <see cref="FromPem"/> takes it.</summary>
    public static bool IsPem(string text) => FingerprintOf(text).Length > 0;

    private static string FingerprintOf(string pem)
    {
        var fingerprint = new StringBuilder();
        for (var at = 0; pem.IndexOf(Begin, at, StringComparison.Ordinal) is >= 0 and var begin; )
        {
            var body = begin + Begin.Length;
            var end = pem.IndexOf(End, body, StringComparison.Ordinal);
            if (end < 0) break;

            foreach (var c in pem.AsSpan(body, end - body))
                if (!char.IsWhiteSpace(c)) fingerprint.Append(c);
            fingerprint.Append('\n');
            at = end + End.Length;
        }

        return fingerprint.ToString();
    }

    /// <exception cref="Misuse">They are no certificates.</exception>
    public X509Certificate2Collection Certificates()
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Pem);
            return certificates;
        }
        catch (CryptographicException fault)
        {
            throw new Misuse($"The certificate in {source} can't be read: {fault.Message}");
        }
    }
}
