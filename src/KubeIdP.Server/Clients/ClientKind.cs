namespace KubeIdP.Server.Clients;

/// <summary>The kinds of relying parties that are no cluster.</summary>
public enum ClientKind
{
    /// <summary>A web application with a server, which keeps a secret.</summary>
    Web,

    /// <summary>
    /// An application that runs in the browser without a server (OAuth 2.0 for Browser-Based Applications): a public client, whose pages
    /// may call the endpoints of this server (CORS).
    /// </summary>
    Spa,

    /// <summary>
    /// A program on a person's machine (RFC 8252): a public client with loopback redirects, a scheme of its own, or an https address that
    /// is assigned to it.
    /// </summary>
    Native,

    /// <summary>
    /// A program on the machine of an administrator or auditor who uses this server's API: a public client with loopback redirects. It may
    /// do what that person may do.
    /// </summary>
    Admin,

    /// <summary>
    /// A program that uses this server's API on its own, without a person: no redirects, and a key of its own (<c>private_key_jwt</c>).
    /// </summary>
    Service,
}
