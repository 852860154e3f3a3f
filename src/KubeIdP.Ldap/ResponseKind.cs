namespace KubeIdP.Ldap;

/// <summary>Which operation has ended; the numbers are the protocol's own.</summary>
internal enum ResponseKind
{
    Bind = 1,
    Search = 5,
    Extended = 24,
}
