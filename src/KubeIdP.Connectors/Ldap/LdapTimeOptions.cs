namespace KubeIdP.Connectors.Ldap;

/// <summary>Timeouts of a directory. A person at the login page waits this long.</summary>
public sealed record LdapTimeOptions
{
    /// <summary>Timeout of a connection to one server, TLS included.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Timeout of the check of a password.</summary>
    public TimeSpan Bind { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Timeout of one search.</summary>
    public TimeSpan Search { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Timeout of a whole login or look-up, for all servers together.</summary>
    public TimeSpan Whole { get; init; } = TimeSpan.FromSeconds(5);
}
