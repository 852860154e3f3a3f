namespace KubeIdP.Connectors.Ldap.Protocol;

/// <summary>The directory gave no answer. Says nothing about anybody in it.</summary>
internal sealed class LdapFault(LdapFaultKind kind, string message, Exception? cause = null) : Exception(message, cause)
{
    public LdapFaultKind Kind => kind;
}
