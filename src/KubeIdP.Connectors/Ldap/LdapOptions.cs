using System.ComponentModel;

namespace KubeIdP.Connectors.Ldap;

/// <summary>One directory, as the configuration describes it. Defaults depend on its <see cref="UpstreamOptions.Kind"/>.</summary>
public sealed record LdapOptions : UpstreamOptions
{
    /// <summary>
    /// The servers, such as <c>ldaps://dc1.corp.example</c>, in the order in which they are asked. A server that does not answer is skipped
    /// and tried again later. With <c>ldaps</c> the connection begins with TLS, with <c>ldap</c> TLS is started before any other request
    /// (StartTLS). All addresses of a name are tried. A proxy such as slapd-meta must fail when a server behind it does
    /// (<c>onerr stop</c>); otherwise, while that server does not answer, its people look as if they had left.
    /// </summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>
    /// The PEM file of the authorities that may have signed the servers' certificates. Default: those that this machine trusts.
    /// </summary>
    public string? CaFile { get; init; }

    /// <summary>To which <c>ldap</c> servers connections without TLS are allowed.</summary>
    public PlainText PlainText { get; init; }

    /// <summary>
    /// The account that searches: a DN, or on Active Directory also a name such as <c>kubeidp@corp.example</c>. It needs to read people and
    /// groups only.
    /// </summary>
    public string? BindDn { get; init; }

    /// <summary>
    /// The file with that account's password. It is read for each new connection, so a changed password needs no restart.
    /// </summary>
    public string? BindPasswordFile { get; init; }

    /// <summary>That account's password, for the environment. A file is better: environment variables are easily printed.</summary>
    [PasswordPropertyText(true)]
    public string? BindPassword { get; init; }

    /// <summary>
    /// In place of <see cref="BindDn"/>: the name under which people themselves sign in to the directory, with <c>{username}</c> where the
    /// typed name goes, such as <c>uid={username},ou=people,dc=corp,dc=example</c>. People then can't be looked up again without their
    /// password, so a refresh shows their data and groups of the login.
    /// </summary>
    public string? BindAs { get; init; }

    public LdapUserOptions Users { get; init; } = new();

    public LdapGroupOptions Groups { get; init; } = new();

    public LdapLockOutOptions LockOut { get; init; } = new();

    public LdapTimeOptions Times { get; init; } = new();
}
