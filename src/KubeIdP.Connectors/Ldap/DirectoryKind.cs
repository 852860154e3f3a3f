namespace KubeIdP.Connectors.Ldap;

/// <summary>Kinds of directories that speak LDAP.</summary>
public enum DirectoryKind
{
    /// <summary>OpenLDAP, 389 Directory Server, FreeIPA and others that keep to the standards.</summary>
    Ldap,

    /// <summary>Active Directory, from Microsoft or Samba.</summary>
    ActiveDirectory,
}
