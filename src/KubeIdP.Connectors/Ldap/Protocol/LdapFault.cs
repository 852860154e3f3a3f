namespace KubeIdP.Connectors.Ldap.Protocol;

/// <summary>The directory gave no answer. Says nothing about anybody in it.</summary>
internal sealed class LdapFault(LdapFaultKind kind, string message, Exception? cause = null) : Exception(message, cause)
{
    public LdapFaultKind Kind => kind;

    /// <summary>Whether somebody's password was sent and nothing came back. No other server is asked then: it would count the same password once more.</summary>
    public bool MayHaveArrived { get; init; }
}
