using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

public sealed class PeopleCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    public async ValueTask InitializeAsync()
    {
        folder.Write("kubeidp.yaml", $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n");
        await PreparedData.CopyToAsync(folder.File("data"));
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_account_from_its_invitation_to_its_end()
    {
        var added = await DoneAsync("people", "add", "alice", "--email", "alice@example.com", "--group", "dev", "--invite");
        Assert.Matches(@"Added alice \(subject [0-9a-f]{32}\)\.\s+Invitation link: https://idp\.example\.test/invitation\?token=[\w-]{43}",
            added);
        Assert.Matches(@"^NAME +STATUS +GROUPS +EMAIL +UPSTREAM +SESSIONS\nalice +invited +dev +alice@example\.com +local +0$",
            (await DoneAsync("people", "list")).ReplaceLineEndings("\n"));

        Assert.Contains("/invitation?token=", (await JsonAsync("people", "invite", "ALICE")).GetProperty("invitationLink").GetString(),
            StringComparison.Ordinal);
        Assert.Equal("alice has new groups; tokens contain them from the next refresh on.",
            await DoneAsync("people", "set-groups", "alice", "--group", "ops", "--group", "qa"));
        Assert.Equal("alice is disabled; all sessions have ended.", await DoneAsync("people", "disable", "alice"));
        Assert.False((await JsonAsync("people", "disable", "alice")).GetProperty("changed").GetBoolean());
        Assert.Equal("alice can sign in again.", await DoneAsync("people", "enable", "alice"));
        Assert.Matches("^([2-9A-Z]{5}-){3}[2-9A-Z]{5}$",
            (await JsonAsync("people", "reset-factors", "alice")).GetProperty("enrolmentCode").GetString());

        Assert.Equal("alice can try again at once, on every replica.", await DoneAsync("people", "unlock", "ALICE"));

        var shown = await JsonAsync("people", "show", "alice");
        Assert.Equal("""["ops","qa"]""", JsonSerializer.Serialize(shown.GetProperty("groups")));
        Assert.Equal(("alice", "invited", "local"),
            (shown.GetProperty("username").GetString(), shown.GetProperty("status").GetString(),
                shown.GetProperty("upstream").GetString()));
        Assert.Contains("Groups                ops, qa", await DoneAsync("people", "show", "alice"), StringComparison.Ordinal);

        Assert.Equal("alice is removed; all sessions have ended.", await DoneAsync("people", "remove", "alice"));
        Assert.Equal("No person matches.", await DoneAsync("people", "list"));
        Assert.Equal("removed",
            Assert.Single((await JsonAsync("people", "list", "--status", "removed")).EnumerateArray()).GetProperty("status").GetString());
        foreach (var act in (string[])["enable", "unlock"])
            Assert.Equal((ExitCode.NotDone, "There is no person with the user name alice."), await RefusedAsync("people", act, "alice"));
        Assert.Contains("reserved until", (await RefusedAsync("people", "add", "alice", "--invite")).Error, StringComparison.Ordinal);
    }

    // The tests run elsewhere.
    [Fact]
    public async Task A_command_finds_the_database_beside_its_configuration_wherever_it_is_run()
    {
        folder.Write("kubeidp.yaml", "issuer: https://idp.example.test\n");

        await DoneAsync("people", "add", "alice", "--invite");

        Assert.Contains("alice", await DoneAsync("people", "list"), StringComparison.Ordinal);
        Assert.Equal(["data", "kubeidp.yaml"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
        Assert.False(Directory.Exists("data"));
    }

    [Fact]
    public async Task An_account_has_a_display_name_when_it_is_given_one()
    {
        await DoneAsync("people", "add", "alice", "--display-name", "Alice Example", "--invite");
        await DoneAsync("people", "add", "bob", "--invite");

        Assert.Equal("Alice Example", await ShownAsync("alice"));
        Assert.Null(await ShownAsync("bob"));
        Assert.Equal("bob has a new display name; tokens contain it from the next refresh on.",
            await DoneAsync("people", "set-display-name", "BOB", "Bob Example"));
        Assert.Contains("Display name          Bob Example", await DoneAsync("people", "show", "bob"), StringComparison.Ordinal);
        await DoneAsync("people", "set-display-name", "alice", "--none");
        Assert.Null(await ShownAsync("alice"));

        foreach (var name in (string[])["", " ", " Bob", "system:admin", "Bob\u3000B", new string('b', 257)])
        {
            // An empty one would remove the name, which takes --none, on the database and through the API alike.
            var refused = string.IsNullOrWhiteSpace(name) ? ExitCode.Misused : ExitCode.NotDone;
            Assert.Equal((name, refused), (name, (await RefusedAsync("people", "set-display-name", "bob", name)).ExitCode));
            Assert.StartsWith("The display name ", (await RefusedAsync("people", "add", "carol", "--invite", "--display-name", name)).Error,
                StringComparison.Ordinal);
        }

        foreach (var words in (string[][])[["bob"], ["bob", "Bob", "--none"], ["bob", "Bob\u202EB"], ["bob", "Bob\u2028B"],
            ["bob", "B\0b"]])
            Assert.Equal(ExitCode.Misused, (await RefusedAsync(["people", "set-display-name", .. words])).ExitCode);
        Assert.Equal("Bob Example", await ShownAsync("bob"));

        async Task<string?> ShownAsync(string name) => (await JsonAsync("people", "show", name)).GetProperty("displayName").GetString();
    }

    [Fact]
    public async Task What_is_refused_says_why_and_ends_with_1()
    {
        await DoneAsync("people", "add", "root", "--group", "admins", "--invite");

        var last = await RefusedAsync("people", "disable", "root");
        var nobody = await RefusedAsync("people", "show", "nobody");
        var group = await RefusedAsync("people", "set-groups", "root", "--group", "admins", "--group", "system:masters");
        var forgotten = await RefusedAsync("people", "set-groups", "root");

        Assert.Equal(ExitCode.NotDone, last.ExitCode);
        Assert.StartsWith("This is the last administrator.", last.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.NotDone, "There is no person with the user name nobody."), nobody);
        Assert.Equal(ExitCode.NotDone, group.ExitCode);
        Assert.Contains("system:masters", group.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Misused, forgotten.ExitCode);
        Assert.Contains("--none", forgotten.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setup_link_is_made_until_there_is_an_administrator()
    {
        var link = (await JsonAsync("setup-link")).GetProperty("setupLink").GetString();
        await DoneAsync("people", "add", "root", "--group", "admins", "--invite");
        var refused = await RefusedAsync("setup-link");

        Assert.StartsWith("https://idp.example.test/setup?token=", link, StringComparison.Ordinal);
        Assert.Equal((ExitCode.NotDone, "There already is an administrator."), refused);
    }

    // One real process: its output is no terminal, its password comes from standard input.
    [Fact]
    public async Task A_server_without_an_administrator_says_where_its_setup_link_is()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(TestContext.Current.CancellationToken);

        var file = Path.Combine(issuer.DataDirectory, "setup-link");
        var link = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
        var own = Path.Combine(issuer.Folder, "own");
        (await issuer.RunAsync(["setup-link", "--file", own], ct: TestContext.Current.CancellationToken)).Succeeded();
        Assert.Equal((false, true), (File.Exists(file), File.Exists(own)));
        var ofTheSameName = await issuer.RunAsync(["setup-link", "--file", file], ct: TestContext.Current.CancellationToken);
        Assert.Equal((0, true), (ofTheSameName.ExitCode, File.Exists(file)));
        var weak = await issuer.RunAsync(["people", "add", "alice"], "passwordpassword\n", TestContext.Current.CancellationToken);
        var added = await issuer.RunAsync(["people", "add", "alice", "--group", "admins"], "seven quiet herons\n",
            TestContext.Current.CancellationToken);

        Assert.StartsWith($"{issuer.Issuer}setup?token=", link, StringComparison.Ordinal);
        Assert.Contains(file, issuer.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(link.Split('=')[1], issuer.Log, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotDone, weak.ExitCode);
        Assert.Contains("many people choose", weak.Error, StringComparison.Ordinal);
        Assert.Contains("Enrolment code: ", added.Succeeded().Output, StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] args) => InProcess.RunAsync([.. args, "--config", folder.File("kubeidp.yaml")]);

    private async Task<string> DoneAsync(params string[] args) => (await RunAsync(args)).Succeeded().Output;

    private async Task<JsonElement> JsonAsync(params string[] args) =>
        JsonDocument.Parse(await DoneAsync([.. args, "--output", "json"])).RootElement;

    private async Task<(int ExitCode, string Error)> RefusedAsync(params string[] args)
    {
        var outcome = await RunAsync(args);
        return (outcome.ExitCode, outcome.Error);
    }
}
