namespace KubeIdP.Ldap;

/// <summary>Timeouts of one connection, and the sizes that it accepts. A server that exceeds one of them has failed.</summary>
public sealed record LdapLimits
{
    /// <summary>Finding the address, the TCP connection and the TLS handshake, together.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan Bind { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>One search with all its pages.</summary>
    public TimeSpan Search { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>One message, which is one entry with the attributes that were asked for.</summary>
    public int MessageBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>All entries of one search.</summary>
    public int AnswerBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Entries asked for at a time, below what directories allow by default (1,000 on Active Directory, 500 on OpenLDAP).
    /// </summary>
    public int PageSize { get; init; } = 500;
}
