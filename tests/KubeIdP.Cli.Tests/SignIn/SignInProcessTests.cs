using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.SignIn;

/// <summary><c>kubeidp login</c>, <c>logout</c> and <c>whoami</c> as processes.</summary>
public sealed class SignInProcessTests : IAsyncLifetime
{
    private ScriptedIssuer issuer = null!;
    private CliProgram kubeidp = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        issuer = await ScriptedIssuer.StartAsync(Ct);
        kubeidp = new CliProgram(issuer.AuthorityPem);
    }

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    [Fact]
    public async Task A_login_says_who_and_until_when_and_the_browser_says_that_it_is_done()
    {
        var outcome = await kubeidp.SignInAsync(issuer, Ct);

        Assert.StartsWith($"Signed in at {issuer.Issuer} as alice until ", outcome.Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("You can close this page.", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("ssh -L ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_browser_is_opened_with_the_address_and_gets_none_of_its_output_into_ours()
    {
        var opened = Path.Combine(Path.GetDirectoryName(kubeidp.Home)!, "opened");
        var browser = Path.Combine(Path.GetDirectoryName(kubeidp.Home)!, "browser");
        await File.WriteAllTextAsync(
            browser, $"#!/bin/sh\necho noise\nprintf '%s' \"$1\" >{opened}.part\nmv {opened}.part {opened}\nexec sleep 3\n", Ct);
        FileModes.Set(browser, FileModes.OwnerOnly | UnixFileMode.UserExecute);
        kubeidp.Environment["BROWSER"] = browser;

        var login = kubeidp.RunAsync(Ct, "login", "--issuer", issuer.Issuer, "--certificate-authority", kubeidp.AuthorityFile);
        while (!File.Exists(opened)) await Task.Delay(20, Ct);
        await issuer.SignInAsync(await File.ReadAllTextAsync(opened, Ct), Ct);
        var outcome = (await login.WaitAsync(TimeSpan.FromSeconds(20), Ct)).Succeeded();

        Assert.StartsWith("Signed in at ", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("noise", outcome.Output + outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_of_the_server_is_in_the_browser_and_in_the_terminal()
    {
        issuer.SignInError = "Your account is disabled. Ask your administrator. (reference r-1)";

        var outcome = await kubeidp.SignInAsync(issuer, Ct);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(2, outcome.Error.Split("Your account is disabled. Ask your administrator. (reference r-1)").Length - 1);
        Assert.Contains("You are not signed in", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_another_issuer_is_refused_and_its_code_sent_nowhere()
    {
        issuer.AnswersAs = "https://evil.example.com";

        var outcome = await kubeidp.SignInAsync(issuer, Ct);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"is not from {issuer.Issuer}", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(issuer.Requests, request => request.StartsWith("code", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_else_arrives_at_the_loopback_address_changes_nothing()
    {
        using var process = kubeidp.Begin(
            "login", "--issuer", issuer.Issuer, "--certificate-authority", kubeidp.AuthorityFile, "--no-browser");
        var line = (await process.StandardError.ReadLineAsync(Ct))!;
        var url = line[line.IndexOf("https://", StringComparison.Ordinal)..];
        var port = int.Parse(Uri.UnescapeDataString(url).Split("http://127.0.0.1:")[1].Split('&')[0], CultureInfo.InvariantCulture);
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, port, Ct);
        using var stranger = new HttpClient();
        using var forged = await stranger.GetAsync(new Uri($"http://127.0.0.1:{port}/?code=stolen&state=guessed"), Ct);
        using var icon = await stranger.GetAsync(new Uri($"http://127.0.0.1:{port}/favicon.ico"), Ct);

        var page = await issuer.SignInAsync(url, Ct);
        await process.WaitForExitAsync(Ct);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (forged.StatusCode, icon.StatusCode));
        Assert.Contains("You are signed in", page, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_second_login_says_that_somebody_is_signed_in_unless_it_is_forced()
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        issuer.Forget();

        var again = (await kubeidp.RunAsync(Ct, "login")).Succeeded();
        Assert.StartsWith($"Already signed in at {issuer.Issuer} as alice", again.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/connect/authorize", issuer.Requests);

        var forced = await kubeidp.SignInAsync(issuer, Ct, "login", "--force", "--no-browser");
        Assert.StartsWith("Signed in", forced.Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(1, issuer.Count("/connect/revoke"));
    }

    [Fact]
    public async Task A_login_by_code_shows_address_and_code_and_slows_down_when_told()
    {
        issuer.OffersDeviceCodes = true;
        foreach (var answer in (string[])["authorization_pending", "slow_down", ""]) issuer.DeviceAnswers.Enqueue(answer);

        var outcome = await LoginByCodeAsync();

        Assert.StartsWith("Signed in", outcome.Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains($"open {issuer.Issuer}/device and type this code: WDJB-MJHT", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(3, issuer.Count("device kubeidp"));
    }

    [Theory]
    [InlineData("access_denied")]
    [InlineData("expired_token")]
    public async Task A_code_that_is_denied_or_expired_ends_with_the_reason(string error)
    {
        issuer.OffersDeviceCodes = true;
        issuer.DeviceAnswers.Enqueue(error);

        var outcome = await LoginByCodeAsync();

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"The device was answered with {error}.", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, issuer.Count("device kubeidp"));
    }

    [Fact]
    public async Task Where_no_codes_are_offered_asking_for_one_is_refused()
    {
        var outcome = await LoginByCodeAsync();

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("does not offer device codes", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_issuer_that_calls_itself_otherwise_is_refused_before_anybody_signs_in()
    {
        issuer.CallsItself = $"{issuer.Issuer}/";

        var outcome = await kubeidp.SignInAsync(issuer, Ct);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"calls itself {issuer.Issuer}/", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoami_says_who_with_which_groups_and_clusters_and_what_is_known_while_the_server_is_away()
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();

        var text = (await kubeidp.RunAsync(Ct, "whoami")).Succeeded().Output;
        using var json = JsonDocument.Parse((await kubeidp.RunAsync(Ct, "whoami", "--output", "json")).Succeeded().Output);
        await issuer.StopAsync(Ct);
        var stored = (await kubeidp.RunAsync(Ct, "whoami")).Succeeded();

        Assert.All((string[])["alice (Alice Example, alice@example.com)", issuer.Issuer, "corp:platform", "prod, staging"],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Equal("alice", json.RootElement.GetProperty("username").GetString());
        Assert.Contains("corp:platform", stored.Output, StringComparison.Ordinal);
        Assert.Contains("refused the connection", stored.Error, StringComparison.Ordinal);
        Assert.Contains("This is what", stored.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoami_says_why_a_login_is_over()
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        issuer.EndSessions("An administrator ended this session. (reference r-2)");

        var outcome = await kubeidp.RunAsync(Ct, "whoami");

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("An administrator ended this session. (reference r-2)", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("kubeidp login", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_revokes_the_login_and_deletes_it()
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        (await kubeidp.RunAsync(Ct, "token", "prod")).Succeeded();

        var outcome = (await kubeidp.RunAsync(Ct, "logout")).Succeeded();

        Assert.Equal($"Signed out at {issuer.Issuer}.", outcome.Output.Trim());
        Assert.Equal(1, issuer.Count("/connect/revoke"));
        Assert.DoesNotContain("refresh", Left(), StringComparison.Ordinal);
        Assert.Equal(1, (await kubeidp.RunAsync(Ct, "whoami")).ExitCode);
        Assert.Equal(1, (await kubeidp.RunAsync(Ct, "token", "prod")).ExitCode);
    }

    [Fact]
    public async Task Signing_out_while_the_server_is_away_deletes_the_login_here_and_says_what_goes_on_there()
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        await issuer.StopAsync(Ct);

        var outcome = await kubeidp.RunAsync(Ct, "logout", "--all");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("refused the connection", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"End it on {issuer.Issuer}/account.", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh", Left(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("whoami")]
    [InlineData("login")]
    public async Task Before_the_first_login_the_issuer_must_be_named(string verb)
    {
        var outcome = await kubeidp.RunAsync(Ct, verb);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("kubeidp login --issuer", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(kubeidp.Home));
    }

    [Theory]
    [InlineData("logout")]
    [InlineData("logout --all")]
    public async Task Signing_out_where_nobody_has_signed_in_is_done(string words)
    {
        var outcome = (await kubeidp.RunAsync(Ct, words.Split(' '))).Succeeded();

        Assert.Equal("Nobody is signed in.", outcome.Output.Trim());
        Assert.False(Directory.Exists(kubeidp.Home));
    }

    [Theory]
    [InlineData("logout", null)]
    [InlineData("logout --all", null)]
    [InlineData("logout", "certificateAuthority")]
    [InlineData("logout --all", "certificateAuthority")]
    public async Task Signing_out_of_a_damaged_login_deletes_all_and_ends_what_can_be_read(string words, string? damaged)
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        (await kubeidp.RunAsync(Ct, "token", "prod")).Succeeded();
        var session = JsonNode.Parse(await File.ReadAllTextAsync(kubeidp.SessionFile(), Ct))!;
        if (damaged is not null) session[damaged] = "none";
        await File.WriteAllTextAsync(kubeidp.SessionFile(), damaged is null ? "{" : session.ToJsonString(), Ct);
        kubeidp.Environment["SSL_CERT_FILE"] = kubeidp.AuthorityFile;

        var outcome = await kubeidp.RunAsync(Ct, words.Split(' '));

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("is damaged", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"End it on {issuer.Issuer}/account.", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, issuer.Count("/connect/revoke"));
        Assert.DoesNotContain("refresh", Left(), StringComparison.Ordinal);
        Assert.Equal("Nobody is signed in.", (await kubeidp.RunAsync(Ct, "logout")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task An_administrators_grant_is_ended_when_another_one_takes_its_place()
    {
        string[] words = ["people", "list", "--issuer", issuer.Issuer, "--certificate-authority", kubeidp.AuthorityFile];
        issuer.Answers["/api/v1/people"] = (200, """{"items":[],"next":null}""");
        (await kubeidp.SignInAsync(issuer, Ct, words)).Succeeded();
        var session = JsonNode.Parse(await File.ReadAllTextAsync(kubeidp.SessionFile(), Ct))!;
        foreach (var span in (string[])["life", "refreshable"]) session["admin"]![span]!["lifetime"] = 0;
        await File.WriteAllTextAsync(kubeidp.SessionFile(), session.ToJsonString(), Ct);

        (await kubeidp.SignInAsync(issuer, Ct, words)).Succeeded();

        Assert.Equal(2, issuer.Count("/connect/authorize"));
        Assert.Equal(1, issuer.Count("/connect/revoke"));
    }

    private Task<Outcome> LoginByCodeAsync() => kubeidp.RunAsync(
        Ct, "login", "--issuer", issuer.Issuer, "--certificate-authority", kubeidp.AuthorityFile, "--device-code");

    private string Left() =>
        string.Concat(Directory.GetFiles(kubeidp.Home, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
}
