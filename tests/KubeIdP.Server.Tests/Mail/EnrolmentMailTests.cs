using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Cli;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Commands;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Mail;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using Xunit;

namespace KubeIdP.Server.Tests.Mail;

/// <summary>Enrolment codes by mail, through a real mail server.</summary>
public sealed partial class EnrolmentMailTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly MailServer server = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await PreparedData.CopyToAsync(folder.File("data"));
        folder.Write("password", MailServer.Password + "\n");
        Configure($"smtp://localhost:{server.Port}");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task The_command_mails_each_code_and_shows_only_those_that_could_not_be_mailed()
    {
        await AddAsync("alice", "alice@example.com");
        await AddAsync("bob", "nobody-there@example.com");
        await AddAsync("carol", null);

        var outcome = await RunAsync("people", "enrol", "alice", "bob", "carol", "--mail", "--output", "json");

        var rows = JsonDocument.Parse(outcome.Output).RootElement.EnumerateArray()
            .ToDictionary(row => row.GetProperty("username").GetString()!);
        var message = Assert.Single(server.Messages);
        Assert.Equal(ExitCode.NotDone, outcome.ExitCode);
        Assert.Equal(("alice@example.com", "KubeIdP <idp@example.test>"),
            (Assert.Single(message.To.Mailboxes).Address, message.From.ToString().Replace("\"", "", StringComparison.Ordinal)));
        Assert.Equal(("Your enrolment code for KubeIdP", "auto-generated"), (message.Subject, message.Headers[HeaderId.AutoSubmitted]));
        Assert.Contains("https://idp.example.test/account", message.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain(CodeIn(message), outcome.Output, StringComparison.Ordinal);
        Assert.Equal("alice@example.com", rows["alice"].GetProperty("mailedTo").GetString());
        Assert.All([rows["bob"], rows["carol"]], row => Assert.Matches(Code(), row.GetProperty("enrolmentCode").GetString()));
        Assert.Contains("bob: the email was not sent. ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("carol: the email was not sent. carol has no email address", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_and_CSV_hold_what_is_left_to_hand_over()
    {
        await AddAsync("alice", "alice@example.com");
        await AddAsync("bob", null);

        var text = (await RunAsync("people", "enrol", "alice", "--mail")).Succeeded();
        var csv = await RunAsync("people", "enrol", "alice", "bob", "--mail", "--output", "csv");

        Assert.Matches(@"(?m)^alice +local +alice@example\.com +- +20", text.Output);
        Assert.Matches("^name,upstream,code,expires\n\"bob\",local,[2-9A-Z-]{23},[^\n]+$", csv.Output.ReplaceLineEndings("\n"));
        Assert.Equal(2, server.Messages.Count);
    }

    [Fact]
    public async Task Without_a_mail_server_nothing_is_made()
    {
        folder.Write("kubeidp.yaml", $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n");
        await AddAsync("alice", "alice@example.com");

        var outcome = await RunAsync("people", "enrol", "alice", "--mail");

        Assert.Equal((ExitCode.Misused, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("smtp.server", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_on_this_machine_needs_neither_TLS_nor_an_account()
    {
        await using var plain = new MailServer(speaksTls: false);
        await AddAsync("alice", "alice@example.com");

        Configure($"smtp://localhost:{plain.Port}", withAccount: false);
        var outcome = (await RunAsync("people", "enrol", "alice", "--mail")).Succeeded();

        Assert.Contains("alice@example.com", outcome.Output, StringComparison.Ordinal);
        Assert.Single(plain.Messages);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("authority")]
    [InlineData("port")]
    public async Task The_check_says_what_is_wrong_with_the_mail_server(string wrong)
    {
        var right = await RunAsync("check", "--connect");
        if (wrong == "password") folder.Write("password", "another");
        if (wrong == "authority")
        {
            using var other = new TestAuthority("CN=Another authority");
            folder.Write("other.pem", other.Pem);
            Configure($"smtp://localhost:{server.Port}", caFile: folder.File("other.pem"));
        }

        if (wrong == "port") Configure($"smtp://localhost:{Ports.Free()}");
        await AddAsync("alice", "alice@example.com");
        var check = await RunAsync("check", "--connect");
        var enrol = await RunAsync("people", "enrol", "alice", "--mail", "--output", "json");

        Assert.Contains("ok     smtp: ", right.Output, StringComparison.Ordinal);
        Assert.Contains("wrong  smtp: ", check.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("another", check.Output, StringComparison.Ordinal);
        Assert.Matches(Code(), JsonDocument.Parse(enrol.Output).RootElement[0].GetProperty("enrolmentCode").GetString());
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task The_page_mails_them_to_the_people_of_a_directory_who_then_sign_in()
    {
        var corp = new ScriptedConnector();
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        var smtp = new Server.Mail.SmtpOptions
        {
            Server = $"smtp://localhost:{server.Port}", From = "idp@example.test", CaFile = server.AuthorityFile,
                Username = MailServer.Username, PasswordFile = folder.File("password"),
        };
        await using var issuer = await InMemoryIssuer.StartAsync(database, folder.File("issuer"), settings => settings with { Smtp = smtp },
            Ct, directories: [corp]);
        var root = await issuer.AddAccountAsync("root", Ct, "admins");
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        await kubectl.LogInAsync(browser, root, Ct);
        corp.Add("dora", "of the directory", "platform");
        corp.Change(corp.Add("emil", "of the directory", "platform"), emil => emil with { Email = "none, really" });

        var page = await (await browser.GoAsync("/admin/people/enrol", Ct)).Fill("User names", "dora\nemil\nfritz")
            .Fill("Reason", "roll-out").PressAsync("Email the codes", Ct);
        var message = Assert.Single(server.Messages);
        var dora = new Account("dora", "of the directory", CodeIn(message), issuer.Clock) { Directory = "corp" };
        var tokens = await kubectl.LogInAsync(issuer.CreateBrowser(), dora, Ct);

        Assert.True(page.Has("dora, dora@corp.example") && page.Has("is not an address") && page.Has("There is no person fritz"),
            page.ToString());
        Assert.StartsWith("emil  ", page.Document.QuerySelector("pre.codes")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(CodeIn(message), page.Content, StringComparison.Ordinal);
        Assert.True(tokens.IsSuccess);
        await using var db = database.CreateContext();
        var mailed = await db.AuditEvents.SingleAsync(entry => entry.Type == AuditEventType.EnrolmentMailed, Ct);
        Assert.Equal((tokens.Claims.GetProperty("sub").GetString(), "dora@corp.example", "roll-out"),
            (mailed.PersonId, mailed.Detail, mailed.Reason));
    }

    private void Configure(string url, bool withAccount = true, string? caFile = null) => folder.Write("kubeidp.yaml", $$"""
        dataDirectory: {{folder.File("data")}}
        issuer: https://idp.example.test
        listen: ["https://127.0.0.1:{{Ports.Free()}}"]
        smtp:
          server: {{url}}
          from: KubeIdP <idp@example.test>
          caFile: {{caFile ?? server.AuthorityFile}}
          {{(withAccount ? $"username: {MailServer.Username}\n  passwordFile: {folder.File("password")}" : "")}}
        """);

    private async Task AddAsync(string name, string? mail) =>
        (await RunAsync(["people", "add", name, "--invite", .. mail is null ? (string[])[] : ["--email", mail]])).Succeeded();

    private Task<Outcome> RunAsync(params string[] args) => InProcess.RunAsync([.. args, "--config", folder.File("kubeidp.yaml")]);

    private static string CodeIn(MimeMessage message) => Code().Match(message.TextBody ?? "").Value;

    [GeneratedRegex("([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}")]
    private static partial Regex Code();
}
