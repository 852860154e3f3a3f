using System.Buffers.Text;
using System.Text.Json;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>The program kubeidp and the server as processes, and a person with a browser: what one says is what the other reads.</summary>
public sealed class KubeidpTests(KubeidpTests.Server server) : IClassFixture<KubeidpTests.Server>
{
    private readonly IssuerProcess issuer = server.Issuer;
    private readonly string name = $"alice{Guid.NewGuid():N}"[..16];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Url => issuer.Issuer.ToString().TrimEnd('/');

    [Fact]
    public async Task One_login_serves_two_clusters_and_the_tokens_are_used_until_they_are_old()
    {
        var (program, account, browser) = await NewAsync("wizards");
        using var _ = browser;

        var login = await program.RunAsync(account, browser, Ct, "login", "--issuer", Url, "--certificate-authority", issuer.CaFile,
            "--no-browser");
        var prod = CliProgram.TokenOf(await program.RunAsync(Ct, "token", "prod", "--no-login"));
        var again = CliProgram.TokenOf(await program.RunAsync(Ct, "token", "prod", "--no-login"));
        var restricted = CliProgram.TokenOf(await program.RunAsync(Ct, "token", "restricted", "--no-login"));
        CliProgram.Age(program.ClusterFile("prod"), TimeSpan.FromSeconds(55));
        var later = CliProgram.TokenOf(await program.RunAsync(Ct, "token", "prod", "--no-login"));

        Assert.Contains($"Signed in at {Url} as {name} until ", login.Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(prod, again);
        Assert.Equal(("prod", "restricted", "prod"), (Claim(prod, "aud"), Claim(restricted, "aud"), Claim(later, "aud")));
        Assert.Equal(name, Claim(later, "preferred_username"));
        Assert.NotEqual(prod, later);
        Assert.Equal(Claim(prod, "sid"), Claim(restricted, "sid"));
    }

    [Fact]
    public async Task It_says_who_one_is_and_which_clusters_there_are_for_one()
    {
        var (program, account, browser) = await NewAsync("platform");
        using var _ = browser;
        await LogInAsync(program, account, browser);

        var text = (await program.RunAsync(Ct, "whoami")).Succeeded().Output;

        Assert.Contains(name, text, StringComparison.Ordinal);
        Assert.Contains("platform", text, StringComparison.Ordinal);
        Assert.Contains("prod", text, StringComparison.Ordinal);
        Assert.DoesNotContain("restricted", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_lacks_a_group_reads_which_and_is_not_asked_to_sign_in()
    {
        var (program, account, browser) = await NewAsync("platform");
        using var _ = browser;
        await LogInAsync(program, account, browser);

        var refused = await program.RunAsync(Ct, "token", "restricted");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("it is only for members of local:wizards", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign in with", refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_group_that_is_lost_is_named_at_the_next_refresh()
    {
        var (program, account, browser) = await NewAsync("wizards");
        using var _ = browser;
        await LogInAsync(program, account, browser);
        CliProgram.TokenOf(await program.RunAsync(Ct, "token", "restricted"));

        await issuer.RunAsync(["people", "set-groups", name, "--group", "platform"], ct: Ct);
        CliProgram.Age(program.ClusterFile("restricted"), TimeSpan.FromSeconds(55));
        var refused = await program.RunAsync(Ct, "token", "restricted");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("it is only for members of local:wizards", refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.Trim().Split('\n'));
        CliProgram.TokenOf(await program.RunAsync(Ct, "token", "prod", "--no-login"));
    }

    [Fact]
    public async Task The_terminal_says_who_ended_the_session_and_when()
    {
        var (program, account, browser) = await NewAsync("platform");
        using var _ = browser;
        await LogInAsync(program, account, browser);
        CliProgram.TokenOf(await program.RunAsync(Ct, "token", "prod"));

        (await issuer.RunAsync(["people", "end-sessions", name, "--reason", "stolen laptop", "--tell"], ct: Ct)).Succeeded();
        CliProgram.Age(program.ClusterFile("prod"), TimeSpan.FromSeconds(55));
        var over = await program.RunAsync(Ct, "token", "prod", "--no-login");

        Assert.Equal(1, over.ExitCode);
        Assert.Matches(@"An administrator ended this session at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\. Reason: stolen laptop\.", over.Error);
        Assert.Contains($"kubeidp login --issuer {Url}", over.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_ends_what_was_obtained_with_the_login_at_the_server_too()
    {
        var (program, account, browser) = await NewAsync("platform");
        using var _ = browser;
        await LogInAsync(program, account, browser);
        var token = CliProgram.TokenOf(await program.RunAsync(Ct, "token", "prod"));
        var refreshToken = JsonDocument.Parse(await File.ReadAllTextAsync(program.ClusterFile("prod"), Ct)).RootElement
            .GetProperty("refreshToken").GetString()!;

        (await program.RunAsync(Ct, "logout")).Succeeded();

        using var kubectl = issuer.CreateClient("prod");
        Assert.Equal("invalid_grant", (await kubectl.RefreshAsync(refreshToken, Ct)).Error);
        Assert.Equal(1, (await program.RunAsync(Ct, "token", "prod", "--issuer", Url, "--no-login")).ExitCode);
        Assert.DoesNotContain(Directory.EnumerateFiles(program.Home, "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_server_is_away_nobody_is_asked_to_sign_in_and_a_valid_token_is_used()
    {
        await using var other = new IssuerProcess(Server.Yaml());
        await other.StartAsync(Ct);
        var program = new CliProgram();
        var account = await other.AddAccountAsync(name, Ct, "platform");
        using var browser = other.CreateBrowser();
        var url = other.Issuer.ToString().TrimEnd('/');
        (await program.RunAsync(account, browser, Ct, "login", "--issuer", url, "--certificate-authority", other.CaFile, "--no-browser"))
            .Succeeded();
        var token = CliProgram.TokenOf(await program.RunAsync(Ct, "token", "prod"));
        await other.StopAsync(Ct);

        CliProgram.Age(program.ClusterFile("prod"), TimeSpan.FromSeconds(52));
        var late = await program.RunAsync(Ct, "token", "prod");
        CliProgram.Age(program.ClusterFile("prod"), TimeSpan.FromSeconds(10));
        var over = await program.RunAsync(Ct, "token", "prod");

        Assert.Equal(token, CliProgram.TokenOf(late));
        Assert.Equal(1, over.ExitCode);
        Assert.Contains("refused the connection", over.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign in", over.Error, StringComparison.Ordinal);
    }

    private async Task<(CliProgram Program, Account Account, BrowserClient Browser)> NewAsync(params string[] groups) =>
        (new CliProgram(), await issuer.AddAccountAsync(name, Ct, groups), issuer.CreateBrowser());

    private async Task LogInAsync(CliProgram program, Account account, BrowserClient browser) =>
        (await program.RunAsync(account, browser, Ct, "login", "--issuer", Url, "--certificate-authority", issuer.CaFile, "--no-browser"))
            .Succeeded();

    private static string? Claim(string token, string claim) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement.GetProperty(claim).GetString();

    /// <summary>One server for all of them, with a cluster for everybody and one for some.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public IssuerProcess Issuer { get; } = new(Yaml());

        public static string Yaml() => $$"""
            issuer: https://localhost:{{Ports.Free()}}
            clusters:
              prod: { server: "https://api.prod.example.test:6443", plugin: kubeidp }
              restricted: { server: "https://api.restricted.example.test:6443", access: { groups: ["local:wizards"] } }
            """;

        public async ValueTask InitializeAsync() => await Issuer.StartAsync(Ct);

        public ValueTask DisposeAsync() => Issuer.DisposeAsync();
    }
}
