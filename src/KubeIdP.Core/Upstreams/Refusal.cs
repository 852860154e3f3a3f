namespace KubeIdP.Core.Upstreams;

/// <summary>Why an upstream says no. Recorded in the audit; never shown to a person who is not signed in.</summary>
public enum Refusal
{
    /// <summary>No such account.</summary>
    Unknown,

    /// <summary>The account exists, the password is another.</summary>
    WrongPassword,

    /// <summary>An administrator has switched the account off.</summary>
    Disabled,

    /// <summary>The account was made until a day that is over.</summary>
    Expired,

    /// <summary>The password is too old; a new one must be chosen where the account lives.</summary>
    PasswordExpired,

    /// <summary>An administrator wants a new password before anything else, to be chosen where the account lives.</summary>
    MustChangePassword,

    /// <summary>
    /// Too many wrong passwords, for a time. It bars a login and is no answer to a look-up: a stranger who guesses must not end people's
    /// sessions.
    /// </summary>
    LockedOut,

    /// <summary>The upstream lets this account in at other hours.</summary>
    OutsideLogonHours,

    /// <summary>The upstream accepts this account only from other machines than this server.</summary>
    NotFromHere,

    /// <summary>The account is good and in none of the groups that may come in.</summary>
    NotAllowed,

    /// <summary>Several accounts answer to this name, so nobody can say which one is meant.</summary>
    Ambiguous,

    /// <summary>Nobody may have the account's name (<see cref="Naming.UserName"/>).</summary>
    NameNotAllowed,

    /// <summary>Too many tries, so this one's password was not looked at.</summary>
    Delayed,
}
