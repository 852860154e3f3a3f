namespace KubeIdP.Connectors.Ldap.Protocol;

/// <summary>Why a password that is right may not sign in, or not much longer.</summary>
internal enum PasswordState
{
    /// <summary>It is too old. With a bind that succeeds: it was let in once more, to be changed.</summary>
    Expired,

    /// <summary>Somebody else has set it, and until it is changed nothing else is allowed.</summary>
    MustChange,

    /// <summary>Too many wrong ones have locked the account.</summary>
    Locked,
}
