namespace KubeIdP.Connectors.Ldap.Protocol;

internal enum LdapFaultKind
{
    /// <summary>The name of the server has no address.</summary>
    Unresolved,

    /// <summary>No connection came about: nobody listens there, or no way leads there.</summary>
    NotConnected,

    /// <summary>TLS failed for another reason than the certificate.</summary>
    Tls,

    /// <summary>The server's certificate is not one that we may trust; the message says what is wrong with it.</summary>
    Certificate,

    /// <summary>The server's certificate is good in itself, and signed by somebody whom we don't know.</summary>
    UnknownAuthority,

    /// <summary>The server took longer than it was given.</summary>
    TimeLimit,

    /// <summary>The server closed the connection, or said that it is about to.</summary>
    Closed,

    /// <summary>What came is not LDAP, or not what was asked for.</summary>
    Protocol,

    /// <summary>The answer is larger than we take in.</summary>
    TooLarge,

    /// <summary>The server answered with an error, or with a part of what was asked.</summary>
    ErrorAnswer,

    /// <summary>The server answered that it has no time now; another one may have.</summary>
    Unavailable,

    /// <summary>What was asked for, or a part of it, lies on another server than the one that was asked.</summary>
    Elsewhere,

    /// <summary>The server does not let our own account in.</summary>
    ServiceBind,

    /// <summary>A file that the configuration names can't be used.</summary>
    Setting,

    /// <summary>Nobody was asked: no server answered the last few times.</summary>
    NotAsked,
}
