namespace KubeIdP.Connectors.Ldap;

/// <summary>What a mail address in a directory is worth.</summary>
public enum MailTrust
{
    /// <summary>Anything may stand there; tokens say that the address is not verified.</summary>
    Unverified,

    /// <summary>Only administrators can change it, and they check it; tokens say that it is verified.</summary>
    Verified,
}
