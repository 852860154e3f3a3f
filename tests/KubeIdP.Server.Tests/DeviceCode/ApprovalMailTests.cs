using System.Net;
using System.Net.Sockets;
using KubeIdP.Server.Mail;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Mail;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using MimeKit;
using Xunit;

namespace KubeIdP.Server.Tests.DeviceCode;

/// <summary>The email message to whoever approved a machine, through a real mail server.</summary>
public sealed class ApprovalMailTests : DeviceCodeTests, IClassFixture<ApprovalMailTests.WithMail>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MailServer server;

    public ApprovalMailTests(WithMail running)
        : base(running) => server = running.Server;

    [Fact]
    public async Task Whoever_approved_a_machine_is_told_which_when_from_where_until_when_and_how_to_end_it()
    {
        var (account, browser) = await SignInAsync("192.0.2.7");
        var asked = await AskFromAsync("198.51.100.3");
        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);
        var at = Clock.GetUtcNow();

        await page.PressAsync(DeviceCodes.Yes, Ct);
        var message = await MessageToAsync(server, account.Username);

        Assert.Equal("A machine was signed in as you at KubeIdP", message.Subject);
        foreach (var words in (string[])[$"Hello {account.Username},", "the cluster kubernetes", $"{at.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
            "The machine asked from:  198.51.100.3", "Approved from:           192.0.2.7",
            $"{at.AddHours(8).UtcDateTime:yyyy-MM-dd HH:mm} UTC", "https://idp.example.test/account"])
            Assert.Contains(words, message.TextBody, StringComparison.Ordinal);
        foreach (var code in (string[])[asked.UserCode, asked.UserCode.Replace("-", "", StringComparison.Ordinal), asked.DeviceCode])
            Assert.DoesNotContain(code, $"{message}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_in_the_language_of_the_browser_that_approved()
    {
        var (account, browser) = await SignInAsync();
        var asked = await Kubectl.AskForDeviceAsync(Ct);
        var page = await browser.TypeCodeAsync(asked.UserCode, Ct);
        browser.Headers.AcceptLanguage.ParseAdd("de");

        await page.PressAsync(DeviceCodes.Yes, Ct);
        var message = await MessageToAsync(server, account.Username);

        Assert.Equal("Ein Rechner wurde als Sie bei KubeIdP angemeldet", message.Subject);
        Assert.Contains("dem Cluster kubernetes", message.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denial_sends_nothing()
    {
        var (denying, first) = await SignInAsync();
        await first.DenyAsync(await Kubectl.AskForDeviceAsync(Ct), Ct);
        var (approving, second) = await SignInAsync();
        await second.ApproveAsync(await Kubectl.AskForDeviceAsync(Ct), Ct);

        await MessageToAsync(server, approving.Username);

        Assert.DoesNotContain(server.Messages, message => IsTo(message, denying.Username));
    }

    // Whatever is at the address takes connections and says nothing, as a server does that is overloaded.
    [Fact]
    public async Task A_mail_server_that_says_nothing_delays_no_approval_and_gets_the_message_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        using var silent = new TcpListener(IPAddress.Loopback, Ports.Free());
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        await using var issuer = await InMemoryIssuer.StartAsync(database, folder.Path, settings => WithDeviceCodes(settings) with
        {
            Smtp = new() { Server = $"smtp://127.0.0.1:{port}", From = "idp@example.test" },
        }, Ct);
        var account = await issuer.AddAccountAsync("alice", Ct);
        using var browser = issuer.CreateBrowser();
        await account.SignInAsync(browser, new Uri(issuer.Issuer, "/account"), Ct);
        using var machine = issuer.CreateClient();

        var asked = (await machine.AskForDeviceAsync(Ct)).Succeeded();
        await browser.ApproveAsync(asked, Ct);
        (await machine.PollAsync(asked, Ct)).Succeeded();
        using (var connection = await silent.AcceptTcpClientAsync(Ct)) Assert.True(connection.Connected);
        silent.Stop();
        await EventuallyAsync(() => issuer.Log.Lines.Any(line => line.Contains("will be tried again", StringComparison.Ordinal)));
        await using var back = new MailServer(speaksTls: false, port);
        issuer.Clock.Advance(TimeSpan.FromMinutes(1));

        await MessageToAsync(back, "alice");
        Assert.Single(back.Messages);
    }

    [Fact]
    public async Task Without_a_mail_server_an_approval_is_as_it_was()
    {
        using var folder = new TemporaryFolder();
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        await using var issuer = await InMemoryIssuer.StartAsync(database, folder.Path, WithDeviceCodes, Ct);
        var account = await issuer.AddAccountAsync("alice", Ct);
        using var browser = issuer.CreateBrowser();
        await account.SignInAsync(browser, new Uri(issuer.Issuer, "/account"), Ct);
        using var machine = issuer.CreateClient();
        var asked = (await machine.AskForDeviceAsync(Ct)).Succeeded();

        await browser.ApproveAsync(asked, Ct);

        (await machine.PollAsync(asked, Ct)).Succeeded();
    }

    private static async Task<MimeMessage> MessageToAsync(MailServer server, string username)
    {
        await EventuallyAsync(() => server.Messages.Any(message => IsTo(message, username)));
        return server.Messages.Single(message => IsTo(message, username));
    }

    private static bool IsTo(MimeMessage message, string username) =>
        message.To.Mailboxes.Any(mailbox => mailbox.Address == $"{username}@example.com");

    private static async Task EventuallyAsync(Func<bool> isSo)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        timer.CancelAfter(Patience);
        while (!isSo()) await Task.Delay(TimeSpan.FromMilliseconds(50), timer.Token);
    }

    public sealed class WithMail : DevicesOnSqlite
    {
        public MailServer Server { get; } = new(speaksTls: false);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Server.DisposeAsync();
        }

        protected override Settings Change(Settings settings) => base.Change(settings) with
        {
            Smtp = new() { Server = $"smtp://127.0.0.1:{Server.Port}", From = "idp@example.test" },
        };
    }
}
