namespace KubeIdP.Ldap;

/// <summary>What protects a connection.</summary>
public enum LdapSecurity
{
    /// <summary>Nothing: passwords travel as they are.</summary>
    Plain,

    /// <summary>TLS from the first byte (<c>ldaps</c>).</summary>
    Tls,

    /// <summary>TLS before anything else is said (RFC 4511 §4.14).</summary>
    StartTls,
}
