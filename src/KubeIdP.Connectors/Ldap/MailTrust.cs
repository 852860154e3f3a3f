namespace KubeIdP.Connectors.Ldap;

/// <summary>Whether the email addresses of a directory are verified.</summary>
public enum MailTrust
{
    /// <summary>They are not checked; tokens say that the address is not verified.</summary>
    Unverified,

    /// <summary>Only administrators can change them, and they check them; tokens say that the address is verified.</summary>
    Verified,
}
