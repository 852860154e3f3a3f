using MimeKit;

namespace KubeIdP.Server.Mail;

/// <summary>An email message in plain text.</summary>
/// <param name="To">The address. It comes from a directory, so it may be invalid.</param>
/// <param name="Name">The name of the recipient.</param>
internal sealed record EmailMessage(string To, string Name, string Subject, string Text)
{
    /// <summary>Null if the text is not one address with a domain, with or without a name before it (RFC 5322 §3.4).</summary>
    public static MailboxAddress? AddressOf(string text) =>
        MailboxAddress.TryParse(text, out var address) && address.Domain.Length > 0 ? address : null;
}
