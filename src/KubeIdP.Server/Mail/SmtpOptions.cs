using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Mail;

/// <summary>The mail server that takes this server's email messages. If none is configured, no mail is sent.</summary>
public sealed record SmtpOptions
{
    /// <summary>
    /// The mail server, such as <c>smtp://mail.corp.example</c>. With <c>smtps</c> the connection uses TLS from the first byte. With
    /// <c>smtp</c> it is upgraded by STARTTLS first, and a server that does not support this is not used; only a server on this machine
    /// needs no TLS. Usual ports: 465 and 587.
    /// </summary>
    public string? Server { get; init; }

    /// <summary>The sender of email messages: an address, or a name with the address in angle brackets.</summary>
    public string? From { get; init; }

    /// <summary>
    /// A PEM file with the certificate authorities that are trusted for the server's certificate. Default: those that this machine trusts.
    /// </summary>
    public string? CaFile { get; init; }

    /// <summary>The account at the mail server. Default: none.</summary>
    public string? Username { get; init; }

    /// <summary>The file with that account's password. It is read for each connection, so a changed password needs no restart.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>
    /// That account's password, for use in the environment. A file is safer, because environment variables are easily printed.
    /// </summary>
    [Secret]
    public string? Password { get; init; }
}
