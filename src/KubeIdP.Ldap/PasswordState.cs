namespace KubeIdP.Ldap;

/// <summary>Why the right password is not accepted, or not for long.</summary>
public enum PasswordState
{
    /// <summary>It has expired. If the bind succeeded, it was a grace login, in order to change the password.</summary>
    Expired,

    /// <summary>It was set by an administrator and must be changed before anything else.</summary>
    MustChange,

    /// <summary>The account is locked after too many wrong passwords.</summary>
    Locked,
}
