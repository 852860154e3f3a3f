namespace KubeIdP.Connectors.Ldap;

/// <summary>To which servers passwords may be sent without TLS.</summary>
public enum PlainText
{
    /// <summary>To none.</summary>
    Never,

    /// <summary>To servers on this machine.</summary>
    OnLoopback,

    /// <summary>
    /// To all <c>ldap</c> servers. Anyone who can listen on the network can read every password; a warning is logged at each start.
    /// </summary>
    Everywhere,
}
