using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>The way of somebody who has just unpacked the program: an empty folder, nothing configured.</summary>
public sealed class DefaultsTests(DefaultsTests.FreshIssuer fresh) : IClassFixture<DefaultsTests.FreshIssuer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IssuerProcess Issuer => fresh.Issuer;

    [Fact]
    public void State_is_stored_under_data_and_readable_by_the_owner_alone()
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        Assert.Equal(owner | UnixFileMode.UserExecute, ModeOf(Issuer.DataDirectory));
        Assert.Equal(owner, ModeOf(Path.Combine(Issuer.DataDirectory, "master.key")));
        Assert.All(Directory.GetFiles(Issuer.DataDirectory, "*.key*", SearchOption.AllDirectories),
            file => Assert.Equal(owner, ModeOf(file)));
        Assert.True(File.Exists(Path.Combine(Issuer.DataDirectory, "kubeidp.db")));
        Assert.True(File.Exists(Path.Combine(Issuer.DataDirectory, "tls", "ca.crt")));
        Assert.Equal(["data"],
            Directory.GetFileSystemEntries(Issuer.Folder).Select(Path.GetFileName).Where(name => name != "kubeidp.yaml"));
    }

    // A collector of a container's output gets both streams.
    [Fact]
    public void Without_a_terminal_the_server_writes_one_object_on_each_line()
    {
        var lines = Issuer.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();

        Assert.Contains(lines,
            line => line.GetProperty("Message")
                .GetString()!.StartsWith($"KubeIdP serves {Issuer.Issuer.OriginalString}, listening on ", StringComparison.Ordinal));
    }

    // "script" is the terminal of somebody who starts a server by hand.
    [Fact]
    public async Task On_a_terminal_the_server_says_what_to_do_next()
    {
        await using var typed = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n")
        {
            Program = _ =>
                ["/bin/bash", "-c",
                    $"exec script --quiet --flush --return --command \"'{IssuerProcess.DotnetHost}' '{IssuerProcess.ServerDll}' serve\" "
                    + $"/dev/null", "bash"],
        };
        await typed.StartAsync(Ct);

        Assert.Contains($"KubeIdP serves {typed.Issuer.OriginalString}, listening on ", typed.Log, StringComparison.Ordinal);
        Assert.Contains("people add", typed.Log, StringComparison.Ordinal);
        Assert.Contains($"--certificate-authority={typed.CaFile}", typed.Log, StringComparison.Ordinal);
        Assert.Contains("Open this link to create one", typed.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_added_with_its_password_on_standard_input_and_gets_an_enrolment_code()
    {
        var text = await Issuer.RunAsync(["people", "add", "alice", "--email", "alice@example.com", "--group", "platform"],
            "correct horse battery staple\n", Ct);
        var json = await Issuer.RunAsync(["people", "add", "bob", "--email", "bob@example.com", "--output", "json"],
            "correct horse battery staple", Ct);
        var twice = await Issuer.RunAsync(["people", "add", "ALICE"], "correct horse battery staple", Ct);
        var weak = await Issuer.RunAsync(["people", "add", "carol"], "short", Ct);

        Assert.Matches("Enrolment code: [2-9A-Z]{5}(-[2-9A-Z]{5}){3}", text.Succeeded().Output);
        Assert.Matches("^[2-9A-Z]{5}(-[2-9A-Z]{5}){3}$",
            JsonDocument.Parse(json.Succeeded().Output).RootElement.GetProperty("enrolmentCode").GetString()!);
        Assert.NotEqual(0, twice.ExitCode);
        Assert.Contains("taken", twice.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, weak.ExitCode);
        Assert.Contains("15", weak.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_listed_until_it_is_revoked_and_then_refreshes_no_more()
    {
        var account = await Issuer.AddAccountAsync("dora", Ct, "platform", "dev");
        var kubectl = Issuer.CreateClient();
        using var browser = Issuer.CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, account, Ct);
        var session = tokens.Claims.GetProperty("sid").GetString()!;

        var text = await Issuer.RunAsync(["sessions", "list"], ct: Ct);
        var json = await Issuer.RunAsync(["sessions", "list", "--person", "dora", "--output", "json"], ct: Ct);
        var revoked = await Issuer.RunAsync(["sessions", "revoke", session], ct: Ct);
        var refused = await kubectl.RefreshAsync(tokens.RefreshToken!, Ct);
        var again = await Issuer.RunAsync(["sessions", "revoke", session], ct: Ct);
        var after = await Issuer.RunAsync(["sessions", "list", "--person", "dora", "--output", "json"], ct: Ct);

        Assert.Equal(["platform", "dev"], tokens.Claims.GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
        Assert.Contains(text.Succeeded().Output.Split('\n'),
            line => line.Contains(session, StringComparison.Ordinal) && line.Contains("dora", StringComparison.Ordinal));
        var row = Assert.Single(JsonDocument.Parse(json.Succeeded().Output).RootElement.EnumerateArray());
        Assert.Equal(session, row.GetProperty("id").GetString());
        Assert.Equal("kubernetes", Assert.Single(row.GetProperty("grants").EnumerateArray()).GetProperty("clientId").GetString());
        Assert.Contains(session, revoked.Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", refused.Error);
        Assert.NotEqual(0, again.ExitCode);
        Assert.Contains(session, again.Error, StringComparison.Ordinal);
        Assert.Empty(JsonDocument.Parse(after.Succeeded().Output).RootElement.EnumerateArray());
    }

    [Fact]
    public async Task Keys_refresh_tokens_cookies_and_forms_outlive_a_restart()
    {
        var account = await Issuer.AddAccountAsync("erin", Ct);
        using var halfway = Issuer.CreateBrowser();
        var form = await halfway.GoAsync(Issuer.CreateClient().AuthorizeUrl(), Ct);
        using var browser = Issuer.CreateBrowser();
        var tokens = await Issuer.CreateClient().LogInAsync(browser, account, Ct);
        var before = await Issuer.CreateClient().GetJsonAsync(".well-known/jwks", Ct);

        var exitCode = await Issuer.StopAsync(Ct);
        await Issuer.StartAsync(Ct);
        var after = await Issuer.CreateClient().GetJsonAsync(".well-known/jwks", Ct);
        var refreshed = await Issuer.CreateClient().RefreshPatientlyAsync(tokens.RefreshToken!, Ct);
        var page = await browser.GoAsync(Issuer.CreateClient().AuthorizeUrl(), Ct);

        var next = await form.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);

        Assert.Equal(0, exitCode);
        Assert.True(next.HasField("Authentication code"), next.ToString());
        Assert.Equal(before.ToString(), after.ToString());
        Assert.Equal(HttpStatusCode.OK, refreshed.Status);
        Assert.True(page.Has("Continue as erin"), page.ToString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("people --help")]
    [InlineData("sessions --help")]
    public async Task Help_names_the_commands(string words)
    {
        var outcome = await Issuer.RunAsync(words.Split(' '), ct: Ct);

        Assert.Contains(words.Split(' ') is [var command, _] ? command : "migrate", outcome.Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve --no-such-option", "--no-such-option")]
    [InlineData("sessions list --output xml", "xml")]
    [InlineData("people add", "NAME")]
    [InlineData("sing", "sing")]
    public async Task A_wrong_argument_is_refused_by_name(string words, string named)
    {
        var outcome = await Issuer.RunAsync(words.Split(' '), ct: Ct);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_in_the_environment_is_refused_by_name()
    {
        await using var misconfigured = new IssuerProcess(yaml: null,
            new Dictionary<string, string> { ["KUBEIDP__ISSUR"] = "https://idp.example.test" });

        var outcome = await misconfigured.RunAsync(["sessions", "list"], ct: Ct);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("KUBEIDP__ISSUR", outcome.Error, StringComparison.Ordinal);
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    public sealed class FreshIssuer : IAsyncLifetime
    {
        private const int DefaultPort = 8443;

        // Another program may have the default port; then the port is all that is configured.
        public IssuerProcess Issuer { get; } = new(IsFree(DefaultPort) ? null : $"issuer: https://localhost:{Ports.Free()}\n", fresh: true);

        public async ValueTask InitializeAsync() => await Issuer.StartAsync(TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => Issuer.DisposeAsync();

        private static bool IsFree(int port)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
