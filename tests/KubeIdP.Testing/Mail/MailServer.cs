using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Processes;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace KubeIdP.Testing.Mail;

/// <summary>
/// A mail server on the loopback network that keeps what it is given. It demands TLS and a password, and knows no mailbox that begins with
/// "nobody".
/// </summary>
public sealed class MailServer : IAsyncDisposable
{
    public const string Username = "kubeidp";
    public const string Password = "of-the-mail-server";

    private readonly string folder = Scratch.NewFolder("kubeidp-mail-");
    private readonly TestAuthority authority = new();
    private readonly X509Certificate2 certificate;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<MimeMessage> messages = [];
    private readonly Task running;

    /// <param name="speaksTls">Whether it offers STARTTLS and a password at all.</param>
    /// <param name="port">Null: a free one.</param>
    public MailServer(bool speaksTls = true, int? port = null)
    {
        Port = port ?? Ports.Free();
        certificate = authority.Issue(["localhost"]);
        authority.WriteFiles(folder, certificate);

        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint =>
        {
            endpoint.Endpoint(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, Port));
            if (speaksTls) endpoint.Certificate(certificate).AuthenticationRequired();
        }).Build();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add(new Keep(messages));
        services.Add(new Known());
        services.Add(new OnePassword());
        running = new SmtpServer.SmtpServer(options, services).StartAsync(stopping.Token);
    }

    public int Port { get; }

    public string AuthorityFile => $"{folder}/ca.pem";

    /// <summary>What it took, in order.</summary>
    public IReadOnlyList<MimeMessage> Messages => [.. messages];

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        foreach (var message in messages) message.Dispose();
        certificate.Dispose();
        authority.Dispose();
        stopping.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class Keep(ConcurrentQueue<MimeMessage> messages) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction,
            ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            using var stream = new MemoryStream(buffer.ToArray());
            messages.Enqueue(await MimeMessage.LoadAsync(stream, cancellationToken));
            return SmtpResponse.Ok;
        }
    }

    private sealed class Known : MailboxFilter
    {
        public override Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from,
            CancellationToken cancellationToken) =>
            Task.FromResult(!to.User.StartsWith("nobody", StringComparison.Ordinal));
    }

    private sealed class OnePassword : UserAuthenticator
    {
        public override Task<bool> AuthenticateAsync(ISessionContext context, string user, string password,
            CancellationToken cancellationToken) =>
            Task.FromResult((user, password) == (Username, Password));
    }
}
