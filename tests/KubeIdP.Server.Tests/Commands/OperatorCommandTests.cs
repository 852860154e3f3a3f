using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>The commands that list and end things, on a database that a server has used.</summary>
public sealed class OperatorCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private TokenAnswer tokens = null!;
    private string session = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        await using var issuer = await InMemoryIssuer.StartAsync(database, folder.File("data"), null, Ct);
        using var browser = issuer.CreateBrowser("::ffff:192.0.2.7");
        tokens = await issuer.CreateClient().LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct, "dev"), Ct);
        session = tokens.Claims.GetProperty("sid").GetString()!;
        await issuer.AddAccountAsync("bob", Ct, "ops");
        await using (var context = database.CreateContext())
        {
            context.Add(new Person
            {
                Connector = "corp", UpstreamId = "1", UserName = "carol", NormalizedUserName = "carol", Groups = ["dev"],
                    CreatedAt = database.Clock.GetUtcNow(),
            });
            await context.SaveChangesAsync(Ct);
        }

        // The file as a backup has it: everything is in it, whatever is still open.
        await using var connection = await database.Database.OpenAsync(Ct);
        await using var copy = database.Database.Command(connection, $"VACUUM INTO '{folder.File("data/kubeidp.db")}'");
        await copy.ExecuteNonQueryAsync(Ct);
        await File.WriteAllTextAsync(folder.File("kubeidp.yaml"),
            $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n" + $"clusters: {{ prod: {{}}, kubernetes: {{}} }}\n",
            Ct);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task People_are_those_of_every_upstream()
    {
        Assert.Equal(["alice", "bob", "carol"], await NamesAsync("people", "list"));
        Assert.Equal(["alice", "bob"], await NamesAsync("people", "list", "--upstream", "local"));
        Assert.Equal(["carol"], await NamesAsync("people", "list", "--upstream", "corp"));
        Assert.Equal(["alice", "carol"], await NamesAsync("people", "list", "--group", "dev"));
        Assert.Equal(["bob"], await NamesAsync("people", "list", "--search", "BO"));

        Assert.Equal("corp", (await JsonAsync("people", "show", "carol")).GetProperty("upstream").GetString());
        foreach (var act in (string[][])[["remove"], ["invite"], ["set-groups", "--none"], ["set-display-name", "--none"]])
            Assert.Equal((ExitCode.NotDone, "The account is not a local account. Change it where it is managed."),
                await RefusedAsync(["people", .. act, "carol"]));
        Assert.Equal("carol is disabled; all sessions have ended.", await DoneAsync("people", "disable", "carol", "--reason", "left"));
        Assert.Equal(["carol"], await NamesAsync("people", "list", "--status", "disabled"));
        Assert.Equal("left",
            Assert.Single((await JsonAsync("audit", "list", "--type", "person.disabled")).EnumerateArray()).GetProperty("reason")
                .GetString());
        Assert.Equal("carol can sign in again.", await DoneAsync("people", "enable", "carol"));
        Assert.Equal("carol", (await JsonAsync("people", "reset-factors", "carol")).GetProperty("username").GetString());
    }

    [Fact]
    public async Task A_list_continues_where_it_says()
    {
        var first = await RunAsync("people", "list", "--limit", "2", "--output", "json");
        var rest = await RunAsync("people", "list", "--limit", "2", "--output", "json", "--cursor", "bob");

        Assert.Equal("There are more rows: --cursor bob", first.Error);
        Assert.Equal(2, JsonDocument.Parse(first.Output).RootElement.GetArrayLength());
        Assert.Equal("carol",
            Assert.Single(JsonDocument.Parse(rest.Succeeded().Output).RootElement.EnumerateArray()).GetProperty("username").GetString());
        Assert.Equal("", rest.Error);

        var auditEvents = await RunAsync("audit", "list", "--limit", "1");
        Assert.StartsWith("There are more rows: --cursor ", auditEvents.Error, StringComparison.Ordinal);
        Assert.NotEqual(auditEvents.Output,
            (await RunAsync("audit", "list", "--limit", "1", "--cursor", auditEvents.Error.Split(' ')[^1])).Succeeded().Output);
    }

    [Fact]
    public async Task A_session_from_the_list_to_its_end()
    {
        var listed = Assert.Single((await JsonAsync("sessions", "list", "--person", "alice")).EnumerateArray());
        Assert.Equal((session, "alice", "192.0.2.7"),
            (listed.GetProperty("id").GetString(), listed.GetProperty("username").GetString(), listed.GetProperty("address").GetString()));
        Assert.Equal("Nobody is signed in.", await DoneAsync("sessions", "list", "--client", "prod"));
        Assert.Matches($@"Session +{session}\nPerson +alice\n", (await DoneAsync("sessions", "show", session)).ReplaceLineEndings("\n"));

        Assert.Equal($"Session {session} has ended.", await DoneAsync("sessions", "revoke", session, "--reason", "lost laptop"));
        Assert.Equal((ExitCode.NotDone, $"There is no live session {session}."), await RefusedAsync("sessions", "revoke", session));

        var shown = await JsonAsync("sessions", "show", session);
        Assert.Equal(("cli", "ended by an administrator"),
            (shown.GetProperty("session").GetProperty("endedBy").GetString(),
                shown.GetProperty("session").GetProperty("endedWhy").GetString()));
        var wrong = await RefusedAsync("audit", "list", "--type", "sessions.ended");
        Assert.Equal((ExitCode.Misused, true), (wrong.ExitCode, wrong.Error.Contains("session.ended", StringComparison.Ordinal)));
        var end = Assert.Single((await JsonAsync("audit", "list", "--session", session, "--type", "session.ended")).EnumerateArray());
        Assert.Equal(("cli", "alice", "lost laptop"),
            (end.GetProperty("actor").GetString(), end.GetProperty("personName").GetString(), end.GetProperty("reason").GetString()));
    }

    // After a restore: no session of the backup stays.
    [Fact]
    public async Task Many_sessions_end_by_one_confirmation_after_a_preview_of_their_number()
    {
        foreach (var none in (string[][])[["--group", "ops"], ["--client", "prod"], ["--person", "bob"], ["--address", "192.0.2.9"],
            ["--address", "192.0.2.8/29"], ["--address", "::/0"], ["--since", "2999-01-01T00:00Z"]])
            Assert.Equal("0 sessions of 0 people would end.", await DoneAsync(["sessions", "revoke", .. none, "--preview"]));
        foreach (var one in (string[][])[["--group", "dev"], ["--client", "kubernetes"], ["--person", "alice"], ["--address", "192.0.2.7"],
            ["--address", "::FFFF:192.0.2.7"], ["--address", "::ffff:c000:207"], ["--address", "192.000.002.007"],
            ["--address", "192.0.2.0/29"], ["--since", "2001-01-01T00:00Z"], ["--all"]])
            Assert.Equal("One session of one person would end.", await DoneAsync(["sessions", "revoke", .. one, "--preview"]));
        Assert.Equal(ExitCode.Misused, (await RefusedAsync("sessions", "revoke", "--all", "--group", "dev")).ExitCode);
        Assert.Equal((ExitCode.NotDone, "There is no person with the user name nobody."),
            await RefusedAsync("sessions", "revoke", "--person", "nobody"));

        // Nobody is there to type the number.
        var unasked = await RefusedAsync("sessions", "revoke", "--all");
        Assert.Equal((ExitCode.NotDone, true),
            (unasked.ExitCode, unasked.Error.EndsWith("Nothing was ended. Without a terminal, use --yes.", StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Misused, (await RefusedAsync("sessions", "revoke")).ExitCode);
        Assert.Equal(ExitCode.Misused, (await RefusedAsync("sessions", "revoke", session, "--all")).ExitCode);

        Assert.Equal("One session has ended.", await DoneAsync("sessions", "revoke", "--all", "--yes", "--reason", "restored"));
        Assert.Equal(0, (await JsonAsync("sessions", "revoke", "--all", "--yes")).GetProperty("ended").GetInt32());

        Assert.Equal("Nobody is signed in.", await DoneAsync("sessions", "list"));
        var shown = (await JsonAsync("sessions", "show", session)).GetProperty("session");
        Assert.Equal(("cli", "ended by an administrator"),
            (shown.GetProperty("endedBy").GetString(), shown.GetProperty("endedWhy").GetString()));
        Assert.All(shown.GetProperty("grants").EnumerateArray(),
            grant => Assert.Equal("ended by an administrator", grant.GetProperty("endedWhy").GetString()));
        var auditEvents = (await JsonAsync("audit", "list", "--type", "session.ended")).EnumerateArray()
            .Select(auditEvent => (auditEvent.GetProperty("detail").GetString(), auditEvent.GetProperty("reason").GetString())).ToList();
        Assert.Equal([("ended by an administrator", "restored")], auditEvents);
    }

    [Fact]
    public async Task Clients_are_listed_with_the_key_that_each_has_seen()
    {
        var before = (await JsonAsync("keys", "list", "--clusters")).EnumerateArray()
            .Select(row => (row.GetProperty("client").GetString(), row.GetProperty("byThatKey").GetBoolean())).ToList();
        var text = await DoneAsync("keys", "list", "--clusters");

        // The session is of the fake clock's day; the key in use of today is another matter.
        Assert.Equal([("kubeidp", false), ("kubernetes", true), ("prod", false)], before);
        Assert.Matches("prod +RS256 +\\S+ +never +no", text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("JTI=")]
    public async Task A_token_in_an_API_servers_audit_log_leads_to_its_person(string prefix)
    {
        var jti = tokens.Claims.GetProperty("jti").GetString()!;

        var bearer = await JsonAsync("audit", "whois", prefix + jti);

        Assert.Equal(("alice", session, "kubernetes"),
            (bearer.GetProperty("person").GetString(), bearer.GetProperty("session").GetString(),
                bearer.GetProperty("client").GetString()));
        Assert.Equal(ExitCode.NotDone, (await RefusedAsync("audit", "whois", "0123.1.abcd")).ExitCode);
    }

    [Fact]
    public async Task Every_audit_event_is_exported_as_a_line_the_oldest_first()
    {
        var lines = (await DoneAsync("audit", "export")).Split('\n', StringSplitOptions.TrimEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var logins =
            (await DoneAsync("audit", "export", "--type", AuditEventType.LoginSucceeded, "--person", "alice", "--since",
                "2020-01-01T00:00Z")).Split('\n');

        Assert.Equal(lines.Select(line => line.GetProperty("at").GetDateTimeOffset()).Order(),
            lines.Select(line => line.GetProperty("at").GetDateTimeOffset()));
        Assert.Contains(lines, line => line.TryGetProperty("type", out var type) && type.GetString() == AuditEventType.KeyCreated);
        Assert.Equal("kubeidp.audit.checkpoint", lines[^1].GetProperty("log").GetString());
        Assert.Single(logins);
        Assert.Equal("", await DoneAsync("audit", "export", "--until", "2020-01-01T00:00Z"));
    }

    [Fact]
    public async Task The_audit_is_proven_in_the_database_and_in_what_was_exported()
    {
        var export = folder.File("audit.jsonl");
        await File.WriteAllTextAsync(export, await DoneAsync("audit", "export"), Ct);
        Assert.Contains("The audit log is intact.", await DoneAsync("audit", "verify", "--export", export));
        var whole = await JsonAsync("audit", "verify");
        Assert.True(whole.GetProperty("isWhole").GetBoolean());
        Assert.Equal(0, whole.GetProperty("verdict").GetProperty("uncovered").GetInt64());

        await using (var database = Database.Sqlite(folder.File("data/kubeidp.db"), TimeProvider.System))
        await using (var connection = await database.OpenAsync(Ct))
        await using (var command = database.Command(connection, "UPDATE audit_events SET person_id = NULL WHERE type = 'login.succeeded'"))
            Assert.Equal(1, await command.ExecuteNonQueryAsync(Ct));

        var broken = await RunAsync("audit", "verify");
        Assert.Equal(ExitCode.NotDone, broken.ExitCode);
        Assert.Contains("CHANGED", broken.Output, StringComparison.Ordinal);
        Assert.Contains("login.succeeded", broken.Output, StringComparison.Ordinal);
        Assert.Equal("changed",
            Assert.Single(
                JsonDocument.Parse((await RunAsync("audit", "verify", "--output", "json")).Output).RootElement.GetProperty("verdict")
                    .GetProperty("findings").EnumerateArray()).GetProperty("damage").GetString());
        Assert.Equal(ExitCode.Misused, (await RunAsync("audit", "verify", "--export", folder.File("no-such-file"))).ExitCode);
    }

    [Fact]
    public async Task A_proof_says_what_it_read_from_where_and_fails_when_that_was_nothing()
    {
        var text = await DoneAsync("audit", "export");
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var auditEvents = lines.Count(line => line.StartsWith("""{"log":"kubeidp.audit",""", StringComparison.Ordinal));
        var checkpoints = lines.Length - auditEvents;
        string[] exports = [.. Wrapped(lines).Select((wrapped, number) => folder.Write($"audit-{number}.log", wrapped))];
        string[] nothing =
        [
            folder.Write("empty.log", ""),
            folder.Write("foreign.log",
                "a line\n{\"log\":\"of somebody else\\n\",\"stream\":\"stdout\",\"time\":\"2027-01-01T00:00:00Z\"}\n{\"Message\":\"Login "
                + "refused for kubeidp.audit\"}\n"),
            folder.Write("some.log", await DoneAsync("audit", "export", "--type", "login.succeeded")),
            folder.Write("cut.log", lines[0]),
        ];

        foreach (var export in exports)
        {
            var proven = await DoneAsync("audit", "verify", "--export", export);
            Assert.Contains("The audit log is intact.", proven, StringComparison.Ordinal);
            Assert.Contains($" lines with {auditEvents} audit events, {checkpoints} checkpoints, from 1 to {checkpoints}.", proven,
                StringComparison.Ordinal);
            Assert.Contains($"Database: {auditEvents} audit events, {checkpoints} checkpoints", proven, StringComparison.Ordinal);
        }

        foreach (var export in nothing)
        {
            var proven = await RunAsync("audit", "verify", "--export", exports[0], export);
            Assert.Equal(ExitCode.NotDone, proven.ExitCode);
            Assert.Contains($"{export} has no checkpoint, so it proves nothing.", proven.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("is intact", proven.Output, StringComparison.Ordinal);
        }

        // Rows and checkpoints were deleted, and nothing is left that would show it.
        await using (var database = Database.Sqlite(folder.File("data/kubeidp.db"), TimeProvider.System))
        await using (var connection = await database.OpenAsync(Ct))
        await using (var command = database.Command(connection, "DELETE FROM audit_events; DELETE FROM audit_checkpoints"))
            await command.ExecuteNonQueryAsync(Ct);
        var alone = await RunAsync("audit", "verify");
        Assert.Equal(ExitCode.NotDone, alone.ExitCode);
        Assert.Contains("The database has no audit event", alone.Output, StringComparison.Ordinal);
        foreach (var export in (string[])[.. exports, .. nothing])
            Assert.Equal(ExitCode.NotDone, (await RunAsync("audit", "verify", "--export", export)).ExitCode);
        Assert.Contains("CUT", (await RunAsync("audit", "verify", "--export", exports[^1])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_look_at_nothing_is_not_called_right()
    {
        var check = await RunAsync("check", "--connect");
        var somebody = await RunAsync("check", "--connect", "--user", "alice");

        Assert.Contains($"configuration: valid ({folder.File("kubeidp.yaml")})", check.Output, StringComparison.Ordinal);
        Assert.Contains("ok     upstreams: none is configured", check.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotDone, somebody.ExitCode);
        Assert.Contains("wrong  upstreams: none is configured, so alice can't be looked up", somebody.Output,
            StringComparison.Ordinal);
        Assert.Equal((ExitCode.NotDone, "There are no people from crop, so nothing was checked."),
            await RefusedAsync("report", "people", "--upstream", "crop", "--dormant", "90"));
        Assert.Equal("None of 3 people matches.", await DoneAsync("report", "people", "--group", "cluster-admins"));
    }

    private static IEnumerable<string> NamesIn(JsonElement members) => members.EnumerateObject().Select(member => member.Name);

    /// <summary>
    /// An export as it comes from a file, from Docker, from a container runtime, from kubectl and Compose, and from collectors.
    /// </summary>
    private static IEnumerable<string> Wrapped(string[] lines)
    {
        const string Time = "2027-01-01T00:00:00.123456789Z";
        Func<string, IEnumerable<string>>[] wrappings =
        [
            line => [line],
            line => [Docker($"{line}\n")],
            line => [Docker(line[..40]), Docker(line[40..60]), Docker($"{line[60..]}\n")],
            line => [$"{Time} stderr F of somebody else", $"{Time} stdout F {line}"],
            line => [$"{Time} stdout P {line[..40]}", $"{Time} stderr P of somebody", $"{Time} stdout P {line[40..60]}",
                $"{Time} stdout F {line[60..]}"],
            line => [$"[pod/kubeidp-0/kubeidp] {Time} {line}"],
            line => [$"kubeidp-1  | {line}"],
            line => [$$"""{"time":"{{Time}}","pod":"kubeidp-0","message":{{JsonSerializer.Serialize(line)}}}"""],
            line => [$$"""{"time":"{{Time}}","pod":"kubeidp-0","parsed":{{line}}}"""],
        ];
        return wrappings.Select(wrap => string.Concat(lines.SelectMany(wrap).Select(line => line + "\n")));

        static string Docker(string text) => $$"""{"log":{{JsonSerializer.Serialize(text)}},"stream":"stdout","time":"{{Time}}"}""";
    }

    [Fact]
    public async Task The_data_of_a_person_is_handed_out_and_erased()
    {
        var shown = await JsonAsync("people", "show", "alice");
        var kept = JsonDocument.Parse(await DoneAsync("people", "export", "alice")).RootElement;
        var subject = kept.GetProperty("id").GetString()!;
        Assert.Empty(NamesIn(shown).Except(NamesIn(kept)));
        Assert.Equal("alice", kept.GetProperty("username").GetString());
        Assert.Equal("totp", kept.GetProperty("factors")[0].GetProperty("kind").GetString());
        Assert.Contains("(totp)", await DoneAsync("people", "show", "alice"), StringComparison.Ordinal);
        Assert.Equal("192.0.2.7", kept.GetProperty("sessions")[0].GetProperty("address").GetString());
        Assert.Contains(AuditEventType.LoginSucceeded,
            kept.GetProperty("audit").EnumerateArray().Select(auditEvent => auditEvent.GetProperty("type").GetString()));

        var active = await RefusedAsync("people", "erase", "alice", "--yes");
        Assert.Equal(ExitCode.NotDone, active.ExitCode);
        Assert.Contains("people disable alice", active.Error, StringComparison.Ordinal);
        await DoneAsync("people", "disable", "alice");
        Assert.Equal(ExitCode.NotDone, (await RefusedAsync("people", "erase", "alice")).ExitCode);
        Assert.Equal("alice",
            JsonDocument.Parse(await DoneAsync("people", "export", "alice")).RootElement.GetProperty("username").GetString());

        var erased = await JsonAsync("people", "erase", "alice", "--yes", "--reason", "asked for it");
        Assert.Equal(subject, erased.GetProperty("id").GetString());
        Assert.True(erased.GetProperty("auditEvents").GetInt64() > 0);
        Assert.Equal(ExitCode.NotDone, (await RefusedAsync("people", "show", "alice")).ExitCode);
        Assert.Equal("(erased)",
            JsonDocument.Parse(await DoneAsync("people", "export", subject)).RootElement.GetProperty("username").GetString());
        Assert.Equal(0, (await JsonAsync("people", "erase", subject, "--yes")).GetProperty("auditEvents").GetInt64());
        Assert.True((await JsonAsync("audit", "verify")).GetProperty("isWhole").GetBoolean());
        Assert.Equal(ExitCode.NotDone, (await RefusedAsync("people", "erase", "nobody", "--yes")).ExitCode);
        Assert.Equal(ExitCode.NotDone, (await RefusedAsync("people", "export", "nobody")).ExitCode);
    }

    // A shell redirect would make them readable to everybody whom the umask lets in. When they can't be written, nothing must be changed
    // either.
    [Theory]
    [InlineData("people export alice")]
    [InlineData("people add dora --invite")]
    [InlineData("people invite alice")]
    [InlineData("people enrol bob")]
    [InlineData("people reset-factors alice --output json")]
    [InlineData("setup-link")]
    [InlineData("clients secret")]
    [InlineData("audit export")]
    [InlineData("audit export --type person.added")]
    [InlineData("report people --output csv")]
    public async Task What_is_secret_goes_to_a_file_of_its_owner_alone(string command)
    {
        var (taken, file) = (folder.Write("taken", "before"), folder.File("secret"));

        var before = await DoneAsync("audit", "list", "--output", "json");
        var refused = await RunAsync([.. command.Split(' '), "--file", taken]);
        var untouched = await DoneAsync("audit", "list", "--output", "json");
        var done = (await RunAsync([.. command.Split(' '), "--file", file])).Succeeded();

        Assert.Equal((ExitCode.NotDone, true, "before"),
            (refused.ExitCode, refused.Error.StartsWith("Nothing was done", StringComparison.Ordinal),
                await File.ReadAllTextAsync(taken, Ct)));
        Assert.Equal(before, untouched);
        Assert.Equal(("", $"Written to {file}."), (done.Output, done.Error));
        Assert.Equal(FileModes.OwnerOnly, FileModes.Of(file));
        Assert.NotEqual(0, new FileInfo(file).Length);
    }

    [Fact]
    public async Task What_was_refused_leaves_no_file_behind()
    {
        var refused = await RunAsync("people", "export", "nobody", "--file", folder.File("secret"));

        Assert.Equal((ExitCode.NotDone, false), (refused.ExitCode, File.Exists(folder.File("secret"))));
    }

    [Fact]
    public async Task Who_is_in_the_group_that_is_cluster_admin_and_how_they_last_signed_in_is_one_command()
    {
        var rows = await JsonAsync("report", "people", "--group", "dev");
        Assert.Equal(["alice", "carol"], rows.EnumerateArray().Select(row => row.GetProperty("username").GetString()));
        Assert.Equal(("pwd otp mfa", 1, 1, "active"),
            (rows[0].GetProperty("lastLoginAmr").GetString(), rows[0].GetProperty("factors").GetInt32(),
                rows[0].GetProperty("liveSessions").GetInt32(), rows[0].GetProperty("status").GetString()));
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("lastLoginAt").ValueKind);

        // An RBAC binding has the name that the cluster's tokens have.
        var yaml = (await File.ReadAllTextAsync(folder.File("kubeidp.yaml"), Ct))
            .Replace("prod: {}", "prod: { groups: { prefix: \"corp:\" } }", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("kubeidp.yaml"), yaml, Ct);
        Assert.Equal(["alice", "carol"], await NamesAsync("report", "people", "--group", "corp:dev", "--client", "prod"));
        Assert.Equal(["corp:dev"],
            (await JsonAsync("report", "people", "--group", "corp:dev", "--client", "prod"))[0].GetProperty("groups").EnumerateArray()
                .Select(group => group.GetString()));
        Assert.Empty(await NamesAsync("report", "people", "--group", "dev", "--client", "prod"));
        Assert.Equal(ExitCode.NotDone, (await RefusedAsync("report", "people", "--client", "no-such-client")).ExitCode);

        Assert.Contains("alice", await DoneAsync("report", "people"), StringComparison.Ordinal);
        Assert.StartsWith("\"username\",\"id\"", await DoneAsync("report", "people", "--output", "csv"), StringComparison.Ordinal);
        Assert.Empty(await NamesAsync("report", "people", "--dormant", "3000"));
        var clients = await JsonAsync("report", "clients");
        Assert.Equal([("kubeidp", 0L), ("kubernetes", 1L), ("prod", 0L)],
            clients.EnumerateArray().Select(row => (row.GetProperty("client").GetString(), row.GetProperty("sessions").GetInt64())));
        Assert.Contains("prod", await DoneAsync("report", "clients"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report", "people", "--dormant", "0")]
    [InlineData("report", "people", "--output", "xml")]
    [InlineData("audit", "list", "--type", "no.such.event")]
    [InlineData("audit", "list", "--cursor", "nonsense")]
    [InlineData("audit", "list", "--since", "yesterday-ish")]
    [InlineData("audit", "list", "--until", "1.5")]
    [InlineData("audit", "export", "--since", "9:00")]
    [InlineData("sessions", "revoke", "--since", "03/04/2026", "--preview")]
    [InlineData("audit", "whois", "nonsense")]
    [InlineData("people", "list", "--limit", "0")]
    [InlineData("people", "list", "--limit", "many")]
    [InlineData("people", "list", "--status", "bored")]
    [InlineData("sessions", "list", "--cursor", "nonsense")]
    [InlineData("sessions", "list", "--address", "nonsense")]
    [InlineData("sessions", "revoke", "--address", "127.1", "--preview")]
    [InlineData("audit", "list", "--address", "192.0.2.0/33")]
    [InlineData("audit", "export", "--address", "")]
    [InlineData("clusters", "token-review")]
    public async Task Wrong_arguments_end_with_2(params string[] args) =>
        Assert.Equal(ExitCode.Misused, (await RefusedAsync(args)).ExitCode);

    [Fact]
    public async Task A_credential_for_an_API_server_is_written_once_and_its_hash_printed()
    {
        var file = folder.File("webhook.yaml");

        var made = await JsonAsync("clusters", "token-review", "prod", "--kubeconfig", file);
        var again = await RefusedAsync("clusters", "token-review", "prod", "--kubeconfig", file);

        var stream = new YamlStream();
        stream.Load(new StringReader(await File.ReadAllTextAsync(file, Ct)));
        var kubeconfig = stream.Documents[0].RootNode;
        Assert.Equal("https://idp.example.test/k8s/token-review", kubeconfig["clusters"][0]["cluster"]["server"]);
        Assert.Equal(made.GetProperty("secretHash").GetString(), ClientSecret.HashOf($"{kubeconfig["users"][0]["user"]["token"]}"));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(ExitCode.NotDone, again.ExitCode);
        Assert.Contains("--authentication-token-webhook-cache-ttl=3s",
            await DoneAsync("clusters", "token-review", "prod", "--kubeconfig", folder.File("other.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_with_token_review_is_not_set_up_to_trust_signatures_as_well()
    {
        var hash = (await JsonAsync("clusters", "token-review", "prod", "--kubeconfig", folder.File("webhook.yaml")))
            .GetProperty("secretHash").GetString();
        await File.WriteAllTextAsync(folder.File("kubeidp.yaml"),
            $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n"
                + $"clusters: {{ prod: {{ tokenReview: {{ secretHash: \"{hash}\" }} }} }}\n", Ct);

        var flags = await DoneAsync("clusters", "flags", "prod");
        var file = await RefusedAsync("clusters", "authentication-config", "prod");

        Assert.Equal($"""
            --authentication-token-webhook-config-file={ClusterInstructions.WebhookFileOnControlPlane}
            --authentication-token-webhook-version=v1
            --authentication-token-webhook-cache-ttl=3s
            """, flags.ReplaceLineEndings("\n"));
        Assert.Equal(ExitCode.NotDone, file.ExitCode);
        Assert.Contains("clusters flags prod", file.Error, StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] args) => InProcess.RunAsync([.. args, "--config", folder.File("kubeidp.yaml")]);

    private async Task<string> DoneAsync(params string[] args) => (await RunAsync(args)).Succeeded().Output;

    private async Task<JsonElement> JsonAsync(params string[] args) =>
        JsonDocument.Parse(await DoneAsync([.. args, "--output", "json"])).RootElement;

    private async Task<IEnumerable<string?>> NamesAsync(params string[] args) =>
        [.. (await JsonAsync(args)).EnumerateArray().Select(row => row.GetProperty("username").GetString())];

    private async Task<(int ExitCode, string Error)> RefusedAsync(params string[] args)
    {
        var outcome = await RunAsync(args);
        return (outcome.ExitCode, outcome.Error);
    }
}
