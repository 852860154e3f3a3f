using System.ComponentModel;

namespace KubeIdP.Connectors.Ldap;

/// <summary>One directory, as the configuration describes it. What is left out is what its <see cref="UpstreamOptions.Kind"/> usually has.</summary>
public sealed record LdapOptions : UpstreamOptions
{
    /// <summary>
    /// The servers, such as <c>ldaps://dc1.corp.example</c>, in the order in which they are asked: one that is dead is skipped and tried again later.
    /// With <c>ldaps</c> TLS is spoken from the first byte, with <c>ldap</c> it is started before anything else is said. All addresses that a name has are
    /// tried. A proxy such as slapd-meta must fail when a server behind it does (<c>onerr stop</c>), or its people are gone as long as that one is silent.
    /// </summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>The PEM file of the authorities that may have signed the servers' certificates. Default: those that this machine trusts.</summary>
    public string? CaFile { get; init; }

    /// <summary>Where <c>ldap</c> servers are spoken to without TLS.</summary>
    public PlainText PlainText { get; init; }

    /// <summary>The account that searches: a DN, or on Active Directory also a name such as <c>kubeidp@corp.example</c>. It needs to read people and groups, nothing more.</summary>
    public string? BindDn { get; init; }

    /// <summary>The file with that account's password. It is read for each new connection, so a changed password needs no restart.</summary>
    public string? BindPasswordFile { get; init; }

    /// <summary>That account's password, for the environment. A file is better: what is in the environment is easily printed.</summary>
    [PasswordPropertyText(true)]
    public string? BindPassword { get; init; }

    /// <summary>
    /// In place of <see cref="BindDn"/>: the name under which people themselves sign in to the directory, with <c>{username}</c> where the typed name
    /// goes, such as <c>uid={username},ou=people,dc=corp,dc=example</c>. Nobody can then be looked up again without their password, so a refresh shows
    /// what was true at the login.
    /// </summary>
    public string? BindAs { get; init; }

    public LdapUserOptions Users { get; init; } = new();

    public LdapGroupOptions Groups { get; init; } = new();

    public LdapLockOutOptions LockOut { get; init; } = new();

    public LdapTimeOptions Times { get; init; } = new();
}
