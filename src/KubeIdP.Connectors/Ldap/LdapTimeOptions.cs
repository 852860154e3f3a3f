namespace KubeIdP.Connectors.Ldap;

/// <summary>How long a directory is waited for. A person waits in front of a login page meanwhile.</summary>
public sealed record LdapTimeOptions
{
    /// <summary>For a connection to one server, with TLS.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For the answer to a password.</summary>
    public TimeSpan Bind { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For one search.</summary>
    public TimeSpan Search { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For a whole login or look-up, with all the servers that are tried for it.</summary>
    public TimeSpan Whole { get; init; } = TimeSpan.FromSeconds(5);
}
