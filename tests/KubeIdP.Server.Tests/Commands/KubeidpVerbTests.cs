using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Cli.Terminal;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Tests.Administration;
using KubeIdP.Server.Tests.Api;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.Data.Sqlite;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>The commands of kubeidp, through the API of a running server, beside those of kubeidp-server on its database.</summary>
public sealed class KubeidpVerbTests(KubeidpVerbTests.Server server) : IClassFixture<KubeidpVerbTests.Server>, IAsyncLifetime
{
    private static readonly string[] Why = ["--reason", "a drill"];

    private readonly TemporaryFolder folder = new();
    private readonly IssuerProcess issuer = server.Issuer;

    /// <summary>Somebody of this test alone, the only one in the group that is called as they are.</summary>
    private readonly string alice = $"alice{Guid.NewGuid():N}"[..16];

    private string session = null!;

    private string Url => issuer.Issuer.ToString().TrimEnd('/');

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var account = await issuer.AddAccountAsync(alice, Ct, "dev", alice);
        using var browser = issuer.CreateBrowser();
        session = (await issuer.CreateClient().LogInAsync(browser, account, Ct)).Claims.GetProperty("sid").GetString()!;
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task They_show_what_they_show_on_the_database()
    {
        (await issuer.CreateClient().AskForDeviceAsync(Ct)).Succeeded();
        foreach (var words in (string[][])
        [
            ["people", "list"], ["people", "list", "--search", "LIC", "--status", "active", "--limit", "1"],
            ["people", "list", "--group", "dev"], ["people", "show", alice.ToUpperInvariant()],
            ["sessions", "list"], ["sessions", "list", "--person", alice, "--client", "kubernetes"],
            ["sessions", "list", "--kind", "browser", "--person", alice], ["sessions", "list", "--kind", "device"],
            ["sessions", "list", "--group", "nobody"], ["sessions", "show", session],
            ["audit", "list", "--type", "login.succeeded", "--person", alice, "--since", "2026-01-01T00:00Z"],
            ["report", "people", "--group", "corp:dev", "--client", "kubernetes"],
            ["report", "people", "--dormant", "3"], ["report", "people", "--output", "csv"], ["report", "clients"],
            ["people", "show", "nobody"], ["sessions", "show", "no-such-session"], ["sessions", "list", "--person", "nobody"],
            ["audit", "list", "--type", "login.succeeded", "--limit", "1"],
            ["device-codes", "list"], ["device-codes", "list", "--limit", "1"],
            ["clusters", "list"], ["clusters", "show", "kubernetes"], ["clusters", "show", "nobody"],
            ["clusters", "instructions", "kubernetes"],
        ])
        {
            foreach (var format in words is [.., "csv"] ? (string[])["csv"] : ["json", "yaml", "name", "table"])
            {
                string[] asked = format == "csv" ? words : [.. words, "--output", format];

                var there = await AskAsync(asked);
                var here = await InProcess.RunAsync([.. asked, .. Here]);

                Assert.True((here.ExitCode, here.Output, here.Error) == (there.ExitCode, there.Output, there.Error),
                    $"{string.Join(' ', asked)}:\n{here}\n{there}");
            }
        }
    }

    [Theory]
    [InlineData("clusters", "flags", "kubernetes")]
    [InlineData("clusters", "authentication-config", "kubernetes")]
    [InlineData("clusters", "authentication-config", "kubernetes", "--api-version", "v1beta1")]
    [InlineData("clusters", "kubeconfig", "kubernetes")]
    [InlineData("clusters", "kubeconfig", "kubernetes", "--output", "json")]
    public async Task Files_for_clusters_are_the_same_from_both(params string[] words)
    {
        var there = await AskAsync(words);
        var here = await InProcess.RunAsync([.. words, .. Here]);

        Assert.NotEqual("", here.Succeeded().Output);
        Assert.Equal(here.Output, there.Succeeded().Output);
    }

    [Fact]
    public async Task A_list_that_is_cut_goes_on_where_it_ended()
    {
        var other = await issuer.AddAccountAsync($"other{alice}"[..16], Ct);
        using var browser = issuer.CreateBrowser();
        await issuer.CreateClient().LogInAsync(browser, other, Ct);

        foreach (var kind in (string[][])[["people", "list"], ["sessions", "list"], ["audit", "list"]])
        {
            string[] names = ["--output", "name"];
            var first = await AskAsync([.. kind, .. names, "--limit", "1"]);
            var second = await AskAsync([.. kind, .. names, "--limit", "1", "--cursor", first.Error.Split("--cursor ")[1]]);
            var both = (await AskAsync([.. kind, .. names, "--limit", "2"])).Succeeded().Output;

            Assert.Equal(both, $"{first.Succeeded().Output}\n{second.Succeeded().Output}");
        }
    }

    [Fact]
    public async Task A_machine_that_waits_is_denied_over_the_API_and_on_the_database()
    {
        var machine = issuer.CreateClient();
        foreach (var ask in (Func<string[], Task<Outcome>>[])
            [AskAsync, words => InProcess.RunAsync([.. words, .. Here])])
        {
            var asked = (await machine.AskForDeviceAsync(Ct)).Succeeded();
            var row = JsonDocument.Parse((await ask(["device-codes", "list", "--output", "json"])).Succeeded().Output).RootElement[0];
            var id = row.GetProperty("id").GetString()!;
            Assert.Equal(("waiting", "kubernetes", JsonValueKind.Null),
                (row.GetProperty("state").GetString(), row.GetProperty("clientId").GetString(), row.GetProperty("username").ValueKind));

            var denied = (await ask(["device-codes", "deny", id, .. Why])).Succeeded();
            var again = await ask(["device-codes", "deny", id, .. Why]);
            var other = await ask(["device-codes", "deny", "0123", .. Why]);

            Assert.Equal($"The request {id} is denied.", denied.Output.Trim());
            Assert.Equal((ExitCode.NotDone, $"The request {id} was decided already."), (again.ExitCode, again.Error.Trim()));
            Assert.Equal(ExitCode.NotDone, other.ExitCode);
            Assert.Contains("There is no live device request with this id.", other.Error, StringComparison.Ordinal);
            Assert.Equal("access_denied", (await machine.PollAsync(asked, Ct)).Error);
        }
    }

    [Fact]
    public async Task They_do_what_they_do_on_the_database_in_the_name_of_the_service()
    {
        var added = (await DoAsync("people", "add", "bob", "--email", "bob@example.com", "--group", "dev", "--invite"))
            .GetProperty("invitationLink").GetString();
        var again = (await DoAsync("people", "invite", "bob")).GetProperty("invitationLink").GetString();
        await DoAsync("people", "set-groups", "bob", "--group", "ops");
        await DoAsync("people", "set-display-name", "bob", "Bob Example");
        Assert.True((await DoAsync("people", "disable", "bob")).GetProperty("changed").GetBoolean());
        Assert.False((await DoAsync("people", "disable", "bob")).GetProperty("changed").GetBoolean());
        await DoAsync("people", "enable", "bob");
        await DoAsync("people", "unlock", "bob");
        var enrolled = (await DoAsync("people", "enrol", "bob"))[0].GetProperty("enrolmentCode").GetString();
        var reset = (await DoAsync("people", "reset-factors", alice)).GetProperty("enrolmentCode").GetString();
        Assert.Equal("bob", (await DoAsync("people", "export", "bob")).GetProperty("username").GetString());
        var bob = (await DoAsync("people", "show", "bob")).GetProperty("id").GetString()!;
        await DoAsync("people", "remove", "bob");
        var erased = await DoAsync("people", "erase", bob, "--yes");

        Assert.All((string?[])[added, again], link => Assert.StartsWith($"{issuer.Issuer}invitation", link, StringComparison.Ordinal));
        Assert.NotEqual(enrolled, reset);
        Assert.Equal(bob, erased.GetProperty("id").GetString());
        Assert.False((await DoAsync("sessions", "show", session)).GetProperty("session").GetProperty("isLive").GetBoolean());
        var auditEvent = (await DoAsync("audit", "list", "--type", "factors.reset"))[0];
        Assert.Equal(("client:robot", "a drill"),
            (auditEvent.GetProperty("actor").GetString(), auditEvent.GetProperty("reason").GetString()));
    }

    /// <summary>Nothing here knows more of an act than its definition, so a new act with an argument passes by that alone.</summary>
    [Fact]
    public async Task An_act_with_an_argument_is_a_command_and_in_the_API_by_its_definition()
    {
        var acts = PersonActs.All.Where(act => act.Argument is not null).ToList();
        Assert.NotEmpty(acts);
        foreach (var (act, isRemote) in acts.SelectMany(act => ((bool[])[true, false]).Select(isRemote => (act, isRemote))))
        {
            var argument = act.Argument!;
            var name = $"set{Guid.NewGuid():N}"[..16];
            await issuer.AddAccountAsync(name, Ct);

            var forgotten = await DoEitherAsync(isRemote, ["people", act.Name, name, .. Why]);
            var both = await DoEitherAsync(
                isRemote, ["people", act.Name, name, .. ActSamples.WordsFor(argument), "--none", .. Why]);
            var done = await DoEitherAsync(isRemote, ["people", act.Name, name, .. ActSamples.WordsFor(argument), .. Why]);
            var given = await ShownAsync();
            (await DoEitherAsync(isRemote, ["people", act.Name, name, "--none", .. Why])).Succeeded();
            var removed = await ShownAsync();

            Assert.Equal((ExitCode.Misused, ExitCode.Misused), (forgotten.ExitCode, both.ExitCode));
            Assert.Contains(argument.Words, forgotten.Error, StringComparison.Ordinal);
            Assert.Equal(act.Texts(name).Done, done.Succeeded().Output);
            Assert.Equal(ActSamples.TypedFor(argument), given);
            Assert.Equal("", removed);
            Assert.Equal(2, (await DoAsync("audit", "list", "--type", act.AuditEvent, "--person", name)).GetArrayLength());

            async Task<string> ShownAsync()
            {
                var member = (await DoAsync("people", "show", name)).GetProperty(argument.Member);
                return member.ValueKind is JsonValueKind.Array
                    ? string.Join('\n', member.EnumerateArray().Select(one => one.GetString()))
                    : member.GetString() ?? "";
            }
        }
    }

    [Fact]
    public async Task Sessions_end_one_by_one_and_all_at_once()
    {
        var seen = (await DoAsync("sessions", "revoke", "--group", alice, "--preview")).GetProperty("sessions").GetInt32();
        var one = await DoAsync("sessions", "revoke", session);
        var over = await AskAsync(["sessions", "revoke", session, .. Why]);
        var rest = await AskAsync(["sessions", "revoke", "--all", "--yes", .. Why]);
        var none = await AskAsync(["sessions", "revoke", "--all", "--yes", .. Why]);

        Assert.Equal(1, seen);
        Assert.True(one.GetProperty("ended").GetBoolean());
        Assert.Equal((1, $"There is no live session {session}."), (over.ExitCode, over.Error));
        Assert.Equal(0, rest.ExitCode);
        Assert.Equal((0, "0 sessions have ended."), (none.ExitCode, none.Output));
    }

    [Theory]
    [InlineData("sessions", "revoke", "SESSION")]
    [InlineData("sessions", "revoke", "--group", "ALICE", "--yes")]
    [InlineData("people", "disable", "ALICE")]
    [InlineData("people", "reset-factors", "ALICE")]
    public async Task The_reason_is_shown_on_the_sign_in_page_where_the_command_says_so(params string[] words)
    {
        foreach (var (isRemote, tells) in ((bool, bool)[])[(true, true), (false, true), (true, false), (false, false)])
        {
            var name = $"read{Guid.NewGuid():N}"[..16];
            var account = await issuer.AddAccountAsync(name, Ct, name);
            using var browser = issuer.CreateBrowser();
            using var client = issuer.CreateClient();
            var opened = (await client.LogInAsync(browser, account, Ct)).Claims.GetProperty("sid").GetString()!;

            string[] said = [.. words.Select(word => word switch { "SESSION" => opened, "ALICE" => name, _ => word }), .. Why,
                .. tells ? (string[])["--tell"] : []];
            (await DoEitherAsync(isRemote, said)).Succeeded();
            var page = await browser.GoAsync(client.AuthorizeUrl(), Ct);

            Assert.True(page.Has("An administrator ended your session") && page.Has("Reason: a drill") == tells,
                $"{string.Join(' ', said)}: {page.Text}");
        }
    }

    [Fact]
    public async Task A_person_signs_in_with_a_browser_and_may_what_they_may()
    {
        var root = await issuer.AddAccountAsync("root", Ct, "admins");
        var mallory = await issuer.AddAccountAsync("mallory", Ct, "dev");
        using var browser = issuer.CreateBrowser();
        using var other = issuer.CreateBrowser();
        var (program, another) = (new CliProgram(), new CliProgram());

        var first = await program.RunAsync(root, browser, Ct, ["people", "disable", alice, "--reason", "on leave", .. There]);
        var again = await program.RunAsync(Ct, "audit", "list", "--type", "person.disabled", "--output", "json");
        var refused = await another.RunAsync(mallory, other, Ct, ["people", "enable", alice, "--reason", "why not", .. There]);

        Assert.Equal($"{alice} is disabled; all sessions have ended.", first.Succeeded().Output.Trim());
        Assert.Contains("Sign in with a browser at ", first.Error, StringComparison.Ordinal);
        Assert.Equal(("root", ""),
            (JsonDocument.Parse(again.Succeeded().Output).RootElement[0].GetProperty("actorName").GetString(), again.Error));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("The caller does not have the required scope or role.", refused.Error, StringComparison.Ordinal);
    }

    // SECURITY: whoever has the files of a machine must not become an administrator an hour after the owner was one.
    [Fact]
    public async Task A_factor_that_is_older_than_fifteen_minutes_leads_to_the_browser_again()
    {
        var root = await issuer.AddAccountAsync($"late{alice}"[..16], Ct, "admins");
        using var browser = issuer.CreateBrowser();
        var program = new CliProgram();
        (await program.RunAsync(root, browser, Ct, ["people", "list", .. There])).Succeeded();
        var ofRoot = $"IN (SELECT s.id FROM sessions s JOIN people p ON p.id = s.person_id WHERE p.user_name = '{root.Username}')";

        await ExecuteAsync($"UPDATE grants SET created_at = created_at - 960000 WHERE session_id {ofRoot}");
        await ExecuteAsync($"UPDATE sessions SET auth_time = auth_time - 960000 WHERE id {ofRoot}");
        var late = await program.RunAsync(root, browser, Ct, "people", "list");

        Assert.Contains("Sign in with a browser at ", late.Succeeded().Error, StringComparison.Ordinal);
        Assert.Contains(alice, late.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_that_nobody_finishes_can_be_left()
    {
        // Tests that run in the background ignore the interrupt, and so do the processes that they start.
        var start = new ProcessStartInfo("/usr/bin/env",
            ["--default-signal=INT", CliProgram.FilePath, "people", "list", "--issuer", Url,
                "--certificate-authority", issuer.CaFile])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["KUBEIDP_HOME"] = folder.File("state") },
        };
        using var process = Process.Start(start)!;
        Assert.StartsWith("Sign in with a browser at ", await process.StandardError.ReadLineAsync(Ct), StringComparison.Ordinal);

        using (var interrupt = Process.Start("kill", ["-INT", $"{process.Id}"])) await interrupt.WaitForExitAsync(Ct);
        var error = await process.StandardError.ReadToEndAsync(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await process.WaitForExitAsync(Ct);

        Assert.Equal(130, process.ExitCode);
        Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_done_says_why()
    {
        using var stranger = new ServiceKey();
        folder.Write("stranger.key", stranger.PrivatePem);
        folder.Write("no.key", "nothing\n");
        string[] here = ["--issuer", Url, "--certificate-authority", issuer.CaFile];
        string[] key = ["--service", "robot", "--key", server.KeyFile];

        foreach (var (status, words, said) in ((int, string[], string)[])
        [
            (2, ["people", "disable", alice, .. Robot()], "disable needs a --reason"),
            (2, ["people", "list", "--key", server.KeyFile, .. here], "--service and --key belong together."),
            (2, ["people", "list", "--service", "robot", .. here], "--service and --key belong together."),
            (1, ["people", "list"], "Nobody has signed in on this machine."),
            (2, ["people", "list", "--issuer", "http://idp.example.com"], "is no issuer: it must be an https URL"),
            (2, ["people", "list", "--issuer", "idp.example.com"], "is no issuer: it must be an https URL"),
            (2, ["keys", "list"], "Unrecognized command or argument 'keys'"),
            (2, ["people", "disable", alice, "--reason", "two\nlines", .. Robot()], "holds U+000A"),
            (1, ["people", "list", .. here, "--service", "watcher", "--key", server.KeyFile],
                "The caller does not have the required scope or role."),
            (1, ["people", "list", .. Robot("stranger.key")], "refused the client robot with this key"),
            (1, ["people", "list", .. Robot("no.key")], "--key contains no P-256 or RSA private key"),
            (1, ["people", "list", "--issuer", $"https://localhost:{Ports.Free()}", .. key], "refused the connection"),
            (1, ["people", "list", "--issuer", $"https://localhost:{Ports.Free()}"], "refused the connection"),
            (1, ["people", "list", "--issuer", Url, .. key], "does not trust the certificate authority"),
            (2, ["people", "list", "--issuer", Url, "--certificate-authority", folder.File("no.key"), .. key],
                "has no certificate (PEM)"),
            (1, ["people", "list", "--issuer", $"{Url}/elsewhere", "--certificate-authority", issuer.CaFile, .. key],
                "is no issuer: there is nothing at"),
            (1, ["people", "enable", "nobody", .. Why, .. Robot()], "There is no person with the user name nobody."),
            (1, ["people", "add", "system:admin", "--invite", .. Why, .. Robot()], "reference"),
            (1, ["people", "enrol", alice, "--mail", .. Why, .. Robot()], "No mail server is configured"),
            (1, ["people", "erase", alice, "--yes", .. Why, .. Robot()], "can still sign in"),
            (1, ["report", "people", "--client", "no-such", .. Robot()], "There is no client no-such"),
            (1, ["audit", "list", "--type", "no-such", .. Robot()], "There is no audit event type no-such. The types are: "),
            (1, ["clusters", "flags", "no-such", .. Robot()], "There is no cluster no-such"),
        ])
        {
            var outcome = await InProcess.KubeidpAsync(words);
            Assert.True((outcome.ExitCode, outcome.Output) == (status, "") && outcome.Error.Contains(said, StringComparison.Ordinal),
                $"{string.Join(' ', words)}:\n{outcome}");
        }
    }

    private string[] Robot(string? file = null) =>
        ["--issuer", Url, "--certificate-authority", issuer.CaFile, "--service", "robot", "--key",
            file is null ? server.KeyFile : folder.File(file)];

    /// <summary>On the database itself.</summary>
    private string[] Here => ["--config", Path.Combine(issuer.Folder, "kubeidp.yaml")];

    private Task<Outcome> AskAsync(string[] words) => InProcess.KubeidpAsync([.. words, .. Robot()]);

    private Task<Outcome> DoEitherAsync(bool isRemote, string[] words) =>
        isRemote ? AskAsync(words) : InProcess.RunAsync([.. words, .. Here]);

    private async Task<JsonElement> DoAsync(params string[] words)
    {
        var outcome =
            await AskAsync(
                [.. words, .. words[1] is "list" or "show" ? [] : Why, .. words[1] is "export" ? (string[])[] : ["--output", "json"]]);
        return JsonDocument.Parse(outcome.Succeeded().Output).RootElement;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(issuer.DataDirectory, "kubeidp.db")};Pooling=False");
        await connection.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(await command.ExecuteNonQueryAsync(Ct) > 0);
    }

    private string[] There => ["--issuer", Url, "--certificate-authority", issuer.CaFile];

    /// <summary>One server for all of them, with a service that may do anything and one that may look at sessions.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();

        public Server()
        {
            using var key = new ServiceKey();
            var publicKey = folder.Write("robot.pem", key.PublicPem);
            KeyFile = folder.Write("robot.key", key.PrivatePem);
            Issuer = new IssuerProcess($$"""
                issuer: https://localhost:{{Ports.Free()}}
                dataDirectory: {{folder.File("data")}}
                clusters:
                  kubernetes:
                    { groups: { prefix: "corp:" }, server: "https://api.example.test:6443", kubernetes: "1.33",
                      deviceCode: { everybody: true } }
                clients:
                  robot: { kind: service, keysFile: {{publicKey}},
                    scopes: [sessions:read, sessions:end, people:read, people:write, audit:read, reports:read, clusters:read] }
                  watcher: { kind: service, keysFile: {{publicKey}}, scopes: [sessions:read] }
                """);
        }

        public IssuerProcess Issuer { get; }

        /// <summary>The private key of both services.</summary>
        public string KeyFile { get; }

        public async ValueTask InitializeAsync() => await Issuer.StartAsync(Ct);

        public async ValueTask DisposeAsync()
        {
            await Issuer.DisposeAsync();
            folder.Dispose();
        }
    }
}
