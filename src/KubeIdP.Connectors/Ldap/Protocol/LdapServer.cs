using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Connectors.Ldap.Protocol;

/// <summary>Where a directory server listens, and how we know that it is the right one.</summary>
/// <param name="Host">The name or address that the server's certificate must be for.</param>
/// <param name="Authorities">Who may have signed that certificate; null: whom this machine trusts.</param>
internal sealed record LdapServer(string Host, int Port, LdapSecurity Security, X509Certificate2Collection? Authorities)
{
    public override string ToString() => $"{(Security == LdapSecurity.Tls ? "ldaps" : "ldap")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";
}
