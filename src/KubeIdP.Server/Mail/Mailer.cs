using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Network;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using MimeKit.Utils;

namespace KubeIdP.Server.Mail;

/// <summary>
/// Sends email messages through the configured mail server. A message that the server accepted may still not be delivered.
/// </summary>
internal sealed class Mailer(SmtpOptions smtp, IssuerUrl issuer, TimeProvider clock)
{
    // The timeout for one SMTP command. A relay that scans messages takes some seconds.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    // The timeout for connecting over TCP, for all addresses of the name together.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Whether a mail server is configured.</summary>
    public bool IsConfigured => smtp.Server is not null;

    /// <summary>
    /// Sends the messages over one connection. After the first error that does not concern a single message, nothing more is tried.
    /// </summary>
    /// <returns>For each message, in order: null if the server accepted it, otherwise why not, as a text for administrators.</returns>
    public async Task<IReadOnlyList<string?>> SendAsync(IReadOnlyList<EmailMessage> emails, CancellationToken ct)
    {
        var answers = new List<string?>();
        try
        {
            using var client = await ConnectAsync(ct);
            foreach (var email in emails) answers.Add(await SendAsync(client, email, ct));
            await client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception fault) when (IsDeliveryFault(fault))
        {
            while (answers.Count < emails.Count) answers.Add(InWords(fault));
        }

        return answers;
    }

    /// <summary>Connects and signs in, and sends nothing.</summary>
    /// <returns>Null if it succeeded, otherwise the error.</returns>
    public async Task<string?> TryAsync(CancellationToken ct)
    {
        try
        {
            using var client = await ConnectAsync(ct);
            await client.DisconnectAsync(quit: true, ct);
            return null;
        }
        catch (Exception fault) when (IsDeliveryFault(fault))
        {
            return InWords(fault);
        }
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken ct)
    {
        var address = SmtpAddress.Parse(smtp.Server!)!;

        // Revocation is not checked: a company's own certificate authority seldom has a revocation list, and the check would wait for
        // another server.
        var client = new SmtpClient { Timeout = (int)Timeout.TotalMilliseconds, CheckCertificateRevocation = false };
        try
        {
            if (smtp.CaFile is { } file)
                client.ServerCertificateValidationCallback = (_, certificate, chain, errors) =>
                    IsSignedBy(file, certificate, chain, errors);

            await client.ConnectAsync(await DialAsync(address, ct), address.Host, address.Port, address.Security, ct);
            if (smtp.Username is { } username) await client.AuthenticateAsync(username, Password(), ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>MailKit itself would try the addresses of the name one after the other, each with the kernel's timeout.</summary>
    private async Task<Stream> DialAsync(SmtpAddress address, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            return await Outbound.ConnectAsync(address.Host, address.Port, ConnectTimeout, clock, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{address.Host} did not accept a connection within {ConnectTimeout.TotalSeconds} s.");
        }
    }

    private async Task<string?> SendAsync(SmtpClient client, EmailMessage email, CancellationToken ct)
    {
        if (EmailMessage.AddressOf(email.To) is not { } to) return $"\"{email.To}\" is not an address.";

        using var message = new MimeMessage(
            [MailboxAddress.Parse(smtp.From!)], [new MailboxAddress(email.Name, to.Address)], email.Subject,
            new TextPart("plain") { Text = email.Text });
        message.MessageId = MimeUtils.GenerateMessageId(issuer.Uri.IdnHost);

        // RFC 3834 §5: prevents out-of-office replies.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        try
        {
            await client.SendAsync(message, ct);
            return null;
        }
        catch (SmtpCommandException fault) when (client.IsConnected)
        {
            return InWords(fault);
        }
    }

    // Editors end a file with a line break, which is not part of the password.
    private string Password() => smtp.PasswordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : smtp.Password!;

    private static bool IsSignedBy(string file, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;

        using var chain = new X509Chain { ChainPolicy = OutboundHttp.TrustOnly(file) };
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1"));
        if (presented is not null)
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        return chain.Build(server);
    }

    private static bool IsDeliveryFault(Exception fault) =>
        fault is ProtocolException or CommandException or ServiceNotConnectedException or AuthenticationException or SslHandshakeException
        or SaslException or CryptographicException or NotSupportedException or SocketException or IOException
            or UnauthorizedAccessException or TimeoutException;

    // Some messages have many lines, and contain text of another server.
    private static string InWords(Exception fault) =>
        OutsideText.Show(string.Join(' ', fault.Message.Split((char[])['\r', '\n', ' '], StringSplitOptions.RemoveEmptyEntries)));
}
