using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Ldap;

/// <summary>Where a directory server listens, and how it is authenticated.</summary>
/// <param name="Host">The name or address that the server's certificate must be for.</param>
/// <param name="Authorities">Who may have signed that certificate; null: whom this machine trusts.</param>
public sealed record LdapServer(string Host, int Port, LdapSecurity Security, X509Certificate2Collection? Authorities)
{
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return $"{(Security == LdapSecurity.Tls ? "ldaps" : "ldap")}://{host}:{Port}";
    }
}
