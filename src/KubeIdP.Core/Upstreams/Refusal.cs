namespace KubeIdP.Core.Upstreams;

/// <summary>Why an upstream says no. Recorded in the audit; a person who is not signed in is never told which.</summary>
public enum Refusal
{
    /// <summary>No such account.</summary>
    Unknown,

    /// <summary>The account exists, the password is another.</summary>
    WrongPassword,

    /// <summary>An administrator has switched the account off.</summary>
    Disabled,
}
