namespace KubeIdP.Connectors;

/// <summary>The kinds of upstreams that there are connectors for.</summary>
public enum UpstreamKind
{
    /// <summary>OpenLDAP, 389 Directory Server, FreeIPA and other directories that follow the standards.</summary>
    Ldap,

    /// <summary>Active Directory, from Microsoft or Samba.</summary>
    ActiveDirectory,
}
