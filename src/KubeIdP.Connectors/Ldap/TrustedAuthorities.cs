using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>The CA file. Read for each new connection, so that an authority can be replaced while the server runs.</summary>
internal static class TrustedAuthorities
{
    /// <exception cref="LdapException">The file can't be read, or contains no certificate.</exception>
    public static X509Certificate2Collection Load(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new LdapException(LdapErrorKind.Setting, $"The CA file {file} can't be read: {fault.Message}", fault);
        }

        return authorities.Count > 0
            ? authorities
            : throw new LdapException(LdapErrorKind.Setting, $"The CA file {file} contains no certificate.");
    }
}
