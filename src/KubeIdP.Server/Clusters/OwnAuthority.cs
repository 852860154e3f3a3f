using KubeIdP.Server.Runtime;
using KubeIdP.Server.Tls;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// Our own certificate authority, as others are given it to trust. There is none to give where the certificate comes from elsewhere, or a proxy ends TLS.
/// </summary>
internal sealed class OwnAuthority(LocalAuthority authority, TlsOptions tls, ListenUrls listen)
{
    /// <summary>Where it lies on this machine.</summary>
    public string? File => LocalAuthority.IsNeeded(tls, listen) ? authority.AuthorityFile : null;

    /// <summary>The certificates (PEM), made when nobody has served yet; null when ours is not in use. Throws <see cref="StartFault"/> when they can't be made.</summary>
    public string? ReadPem()
    {
        if (File is not { } file) return null;

        if (!System.IO.File.Exists(file)) Make();
        return System.IO.File.ReadAllText(file);
    }

    /// <summary>The same, for whoever prints instructions beside a server or before one. Throws <see cref="StartFault"/> when the authority may not sign for this issuer.</summary>
    public string? ReadPemForIssuer()
    {
        var pem = ReadPem();
        return pem is null || authority.FindForeignName() is not { } name ? pem : throw new StartFault(
            $"The certificate authority {authority.AuthorityFile} may not sign for {name}. A server that starts with this issuer makes a new one: start it first, then print this.");
    }

    private void Make()
    {
        try
        {
            authority.Read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFault($"The certificate authority {authority.AuthorityFile} can't be made: {fault.Message} Make dataDirectory writable for this process, or set tls.certificateFile.");
        }
    }
}
