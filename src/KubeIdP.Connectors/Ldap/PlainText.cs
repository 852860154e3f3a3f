namespace KubeIdP.Connectors.Ldap;

/// <summary>Where passwords may travel unprotected.</summary>
public enum PlainText
{
    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>To servers on this very machine.</summary>
    OnLoopback,

    /// <summary>To all <c>ldap</c> servers. Whoever can listen on the way reads every password; each start says so in the log.</summary>
    Everywhere,
}
