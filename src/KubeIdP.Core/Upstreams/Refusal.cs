namespace KubeIdP.Core.Upstreams;

/// <summary>Why an upstream refuses a login. Recorded in the audit log; never shown to a person who is not signed in.</summary>
public enum Refusal
{
    /// <summary>No such account.</summary>
    Unknown,

    /// <summary>The account exists, but the password is wrong.</summary>
    WrongPassword,

    /// <summary>An administrator has disabled the account.</summary>
    Disabled,

    /// <summary>The account has expired.</summary>
    Expired,

    /// <summary>The password is too old; the person must set a new one in the upstream.</summary>
    PasswordExpired,

    /// <summary>An administrator requires a new password, which the person must set in the upstream first.</summary>
    MustChangePassword,

    /// <summary>
    /// The account is locked for a time after too many wrong passwords. This refuses a login, but is not an answer to a look-up: a stranger
    /// who guesses passwords must not end people's sessions.
    /// </summary>
    LockedOut,

    /// <summary>The upstream allows this account to sign in only at other hours.</summary>
    OutsideLogonHours,

    /// <summary>The upstream accepts this account only from other machines than this server.</summary>
    NotFromHere,

    /// <summary>The account is in none of the groups that may sign in.</summary>
    NotAllowed,

    /// <summary>Several accounts have this name, so it is ambiguous.</summary>
    Ambiguous,

    /// <summary>The account's name is not allowed (<see cref="Naming.UserName"/>).</summary>
    NameNotAllowed,

    /// <summary>Too many attempts, so the password of this one was not checked.</summary>
    Delayed,
}
