using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Tls;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// The server's own certificate authority, for others to trust. There is none if a certificate is configured, or a proxy terminates TLS.
/// </summary>
internal sealed class OwnAuthority(LocalAuthority authority, TlsOptions tls, ListenUrls listen)
{
    /// <summary>Its path on this machine.</summary>
    public string? File => LocalAuthority.IsNeeded(tls, listen) ? authority.AuthorityFile : null;

    /// <summary>
    /// The certificates (PEM), which are created if no server has run yet; null if the authority is not used. Throws <see
    /// cref="StartFault"/> if they can't be created, or the file holds none.
    /// </summary>
    public string? ReadPem()
    {
        if (File is not { } file) return null;

        if (!System.IO.File.Exists(file)) Make();

        // Nothing but certificates: whoever can write to the folder of the server chooses what the file holds, or links to.
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (CryptographicException)
        {
            // What could be read before is not all of it.
            certificates.Clear();
        }

        return certificates.Count > 0
            ? string.Join('\n', certificates.Select(certificate => certificate.ExportCertificatePem())) + '\n'
            : throw new StartFault($"{file} holds no certificate. The server replaces a damaged one when it starts: restart it.");
    }

    /// <summary>
    /// The same, for commands that print instructions while a server runs or before the first start. Throws <see cref="StartFault"/> if the
    /// authority may not sign for this issuer.
    /// </summary>
    public string? ReadPemForIssuer()
    {
        var pem = ReadPem();
        return pem is null || authority.FindForeignName() is not { } name ? pem : throw new StartFault(
            $"The certificate authority {authority.AuthorityFile} may not sign for {name}. A server that starts with this issuer creates "
                + $"a new one: start it first, then run this command again.");
    }

    private void Make()
    {
        try
        {
            authority.Read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFault(
                $"The certificate authority {authority.AuthorityFile} can't be created: {fault.Message} Make dataDirectory writable for "
                + $"this process, or set tls.certificateFile.");
        }
    }
}
