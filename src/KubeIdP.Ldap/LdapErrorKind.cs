namespace KubeIdP.Ldap;

/// <summary>
/// Why there is no usable answer. The last three are for the callers of the client, which handle what keeps them from asking in the same
/// way.
/// </summary>
public enum LdapErrorKind
{
    /// <summary>The name of the server has no address.</summary>
    NameNotResolved,

    /// <summary>There is no TCP connection: no process listens at the port, or the network does not lead there.</summary>
    ConnectFailed,

    /// <summary>TLS failed for another reason than the certificate.</summary>
    Tls,

    /// <summary>The server's certificate can't be trusted; the message says why.</summary>
    Certificate,

    /// <summary>The server's certificate is valid, but signed by an authority that is not trusted.</summary>
    UnknownAuthority,

    /// <summary>The server did not answer within the timeout.</summary>
    Timeout,

    /// <summary>The server closed the connection, or said that it is about to.</summary>
    Closed,

    /// <summary>What came is not LDAP, or not what was asked for.</summary>
    Protocol,

    /// <summary>The answer is larger than the limit.</summary>
    TooLarge,

    /// <summary>The server answered with an error, or the answer is not usable.</summary>
    ErrorAnswer,

    /// <summary>The server answered that it is busy or unavailable; another one may answer.</summary>
    Unavailable,

    /// <summary>The server refers to another one for what was asked, or for a part of it.</summary>
    Referral,

    /// <summary>The server refuses the bind of the account that searches.</summary>
    ServiceAccount,

    /// <summary>A file or a value of the configuration can't be used.</summary>
    Setting,

    /// <summary>No server was asked, because none answered the last few times.</summary>
    NoServer,
}
