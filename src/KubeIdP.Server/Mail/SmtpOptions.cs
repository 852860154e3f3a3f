using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Mail;

/// <summary>The mail server that takes our letters; with none configured no mail is sent.</summary>
public sealed record SmtpOptions
{
    /// <summary>
    /// The mail server, such as <c>smtp://mail.corp.example</c>. With <c>smtps</c> TLS is spoken from the first byte, with <c>smtp</c> it is started before
    /// anything else is said, and a server without it is not used; only one on this very machine needs none. Usual ports: 465 and 587.
    /// </summary>
    public string? Server { get; init; }

    /// <summary>Whom letters are from: an address, or a name with the address in angle brackets.</summary>
    public string? From { get; init; }

    /// <summary>The PEM file of the authorities that may have signed the server's certificate. Default: those that this machine trusts.</summary>
    public string? CaFile { get; init; }

    /// <summary>The account at the mail server. Default: none.</summary>
    public string? Username { get; init; }

    /// <summary>The file with that account's password. It is read each time, so a changed password needs no restart.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>That account's password, for the environment. A file is better: what is in the environment is easily printed.</summary>
    [Secret]
    public string? Password { get; init; }
}
