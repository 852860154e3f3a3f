namespace KubeIdP.Ldap;

/// <summary>The directory gave no usable answer. This says nothing about any entry in it.</summary>
public sealed class LdapException(LdapErrorKind kind, string message, Exception? cause = null) : Exception(message, cause)
{
    public LdapErrorKind Kind => kind;

    /// <summary>
    /// Whether a person's password was sent and no answer came. No other server may be asked then: it would count the same password again.
    /// </summary>
    public bool MayHaveArrived { get; init; }
}
