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

/// <summary>Hands letters to the mail server of the configuration. That it took one does not mean that it will arrive.</summary>
internal sealed class Mailer(SmtpOptions smtp, IssuerUrl issuer, TimeProvider clock)
{
    // For one word and its answer. A relay that scans what it is given takes some seconds.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    // For TCP alone, with all the addresses that the name has.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <summary>Whether there is a mail server at all.</summary>
    public bool IsConfigured => smtp.Server is not null;

    /// <summary>Sends them over one connection. After the first trouble that is not of a single letter nothing more is tried.</summary>
    /// <returns>For each letter, in order: null when the server took it, else why it did not, in an administrator's words.</returns>
    public async Task<IReadOnlyList<string?>> SendAsync(IReadOnlyList<EmailMessage> letters, CancellationToken ct)
    {
        var answers = new List<string?>();
        try
        {
            using var client = await ConnectAsync(ct);
            foreach (var letter in letters) answers.Add(await SendAsync(client, letter, ct));
            await client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception fault) when (IsTrouble(fault))
        {
            while (answers.Count < letters.Count) answers.Add(InWords(fault));
        }

        return answers;
    }

    /// <summary>Connects and signs in, and sends nothing.</summary>
    /// <returns>Null when all is well, else what isn't.</returns>
    public async Task<string?> TryAsync(CancellationToken ct)
    {
        try
        {
            using var client = await ConnectAsync(ct);
            await client.DisconnectAsync(quit: true, ct);
            return null;
        }
        catch (Exception fault) when (IsTrouble(fault))
        {
            return InWords(fault);
        }
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken ct)
    {
        var address = SmtpAddress.Parse(smtp.Server!)!;

        // Revocation is not asked for: a mail server of a company's own authority seldom has a list, and asking would wait for one more server.
        var client = new SmtpClient { Timeout = (int)Timeout.TotalMilliseconds, CheckCertificateRevocation = false };
        try
        {
            if (smtp.CaFile is { } file) client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsSignedBy(file, certificate, chain, errors);

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

    /// <summary>MailKit itself would wait for each address of the name in turn, for as long as the kernel does.</summary>
    private async Task<Stream> DialAsync(SmtpAddress address, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(ConnectLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            return await Outbound.ConnectAsync(address.Host, address.Port, ConnectLimit, clock, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{address.Host} did not take a connection within {ConnectLimit.TotalSeconds} s.");
        }
    }

    private async Task<string?> SendAsync(SmtpClient client, EmailMessage letter, CancellationToken ct)
    {
        if (EmailMessage.AddressOf(letter.To) is not { } to) return $"\"{letter.To}\" is not an address.";

        using var message = new MimeMessage(
            [MailboxAddress.Parse(smtp.From!)], [new MailboxAddress(letter.Name, to.Address)], letter.Subject, new TextPart("plain") { Text = letter.Text });
        message.MessageId = MimeUtils.GenerateMessageId(issuer.Uri.IdnHost);

        // RFC 3834 §5: no out-of-office note comes back.
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

    // Editors end a file with a line break, which no password does.
    private string Password() => smtp.PasswordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : smtp.Password!;

    private static bool IsSignedBy(string file, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;

        using var chain = new X509Chain { ChainPolicy = OutboundHttp.TrustOnly(file) };
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1"));
        if (presented is not null) chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        return chain.Build(server);
    }

    private static bool IsTrouble(Exception fault) => fault is ProtocolException or CommandException or ServiceNotConnectedException or AuthenticationException or SslHandshakeException
        or SaslException or CryptographicException or NotSupportedException or SocketException or IOException or UnauthorizedAccessException or TimeoutException;

    // Some of them explain themselves over many lines, and in the words of a server that is not ours.
    private static string InWords(Exception fault) => OutsideText.Show(string.Join(' ', fault.Message.Split((char[])['\r', '\n', ' '], StringSplitOptions.RemoveEmptyEntries)));
}
