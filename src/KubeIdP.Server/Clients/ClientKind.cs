namespace KubeIdP.Server.Clients;

/// <summary>The kinds of relying parties.</summary>
public enum ClientKind
{
    /// <summary>
    /// A Kubernetes API server that people use with kubectl: a public client with loopback redirects, all identity claims, and always a
    /// refresh token.
    /// </summary>
    Cluster,

    /// <summary>A web application that keeps a secret.</summary>
    Web,

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
