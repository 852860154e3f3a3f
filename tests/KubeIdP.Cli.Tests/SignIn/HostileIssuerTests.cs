using System.Text.Json.Nodes;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clusters;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.SignIn;

/// <summary>Answers that no issuer of this product gives: they end in a sentence or are cut, and never in a stack trace.</summary>
public sealed class HostileIssuerTests : IAsyncLifetime
{
    private ScriptedIssuer issuer = null!;
    private CliProgram kubeidp = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        issuer = await ScriptedIssuer.StartAsync(Ct);
        kubeidp = new CliProgram(issuer.AuthorityPem);
        kubeidp.Environment["KUBECONFIG"] = null;
    }

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/self", """{"subject":null,"username":null,"groups":null,"session":null}""")]
    [InlineData("/api/v1/self", "{}")]
    [InlineData("/api/v1/self/clusters", "[null]")]
    [InlineData("/api/v1/self/clusters", """[{"name":null}]""")]
    public async Task An_answer_without_its_members_is_none_of_this_API(string path, string body)
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        issuer.Answers[path] = (200, body);

        var outcome = (await kubeidp.RunAsync(Ct, "whoami")).Succeeded();

        Assert.Contains("This is what", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("1e999")]
    [InlineData("-1e300")]
    public async Task Whatever_lifetime_a_token_is_said_to_have_it_is_used(string seconds)
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        var token = issuer.IssueIdToken("prod", TimeSpan.FromMinutes(1));
        issuer.Answers["/connect/token"] =
            (200, $$"""{"access_token":"{{token}}","token_type":"N_A","expires_in":{{seconds}},"refresh_token":"next"}""");

        Assert.Equal(token, CliProgram.TokenOf(await kubeidp.RunAsync(Ct, "token", "prod")));
    }

    [Theory]
    [InlineData("0", "5", "has already expired")]
    [InlineData("-1", "5", "has already expired")]
    [InlineData("2", "1e10", "The code has expired before somebody approved it.")]
    [InlineData("2", "1e300", "It can be used for 1 minute.")]
    public async Task Whatever_times_a_device_code_has_the_login_ends(string lifetime, string interval, string said)
    {
        issuer.OffersDeviceCodes = true;
        issuer.Answers["/connect/device"] = (200, $$"""
            {"device_code":"code","user_code":"WDJB","verification_uri":"https://x","expires_in":{{lifetime}},"interval":{{interval}}}
            """);

        var outcome = await kubeidp.RunAsync(
            Ct, "login", "--issuer", issuer.Issuer, "--certificate-authority", kubeidp.AuthorityFile, "--device-code");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_kubeconfig_is_merged_into_none()
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        issuer.Answers["/api/v1/self/kubeconfig"] = (200, "- a\n- list\n");
        var file = Path.Combine(Path.GetDirectoryName(kubeidp.Home)!, "config");

        var outcome = await kubeidp.RunAsync(Ct, "kubeconfig", "prod", "--merge", file);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"{file} was not changed", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_kubeconfig_goes_to_a_home_folder_that_is_not_there_yet_and_shows_no_escape_sequence()
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        var text = Kubeconfig.Of(issuer.Issuer, null, [new("prod", "https://api.example.com", null, null, ExecPlugin.Kubeidp)]);
        text = text.Replace("\"kubeidp-prod\"", "\"kubeidp\\e[31mprod\"", StringComparison.Ordinal);
        issuer.Answers["/api/v1/self/kubeconfig"] = (200, text);
        var home = Path.Combine(Path.GetDirectoryName(kubeidp.Home)!, "not", "there");
        kubeidp.Environment["HOME"] = home;

        var outcome = (await kubeidp.RunAsync(Ct, "kubeconfig", "prod", "--merge")).Succeeded();

        Assert.True(File.Exists(Path.Combine(home, ".kube", "config")));
        Assert.DoesNotContain('\u001b', outcome.Output);
        Assert.Contains("Current context: kubeidp", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_API_refuses_is_shown_without_escape_sequences()
    {
        issuer.Answers["/api/v1/people"] = (403, """{"detail":"No.\u001b[31m","reference":"r\u001b]0;x"}""");

        var outcome = await kubeidp.SignInAsync(
            issuer, Ct, "people", "list", "--issuer", issuer.Issuer, "--certificate-authority", kubeidp.AuthorityFile);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("No. [31m (reference r ]0;x)", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', outcome.Error);
    }

    [Theory]
    [InlineData("lifetime", 9_000_000_000_000_000_000)]
    [InlineData("lifetime", -1)]
    [InlineData("since", 9_000_000_000_000_000_000)]
    [InlineData("uptime", -9_000_000_000_000_000_000)]
    public async Task A_stored_token_with_a_time_that_can_not_be_is_as_if_it_were_not_there(string property, long value)
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        var first = CliProgram.TokenOf(await kubeidp.RunAsync(Ct, "token", "prod"));
        var file = kubeidp.ClusterFile("prod");
        var record = JsonNode.Parse(await File.ReadAllTextAsync(file, Ct))!;
        record["life"]![property] = value;
        await File.WriteAllTextAsync(file, record.ToJsonString(), Ct);

        Assert.NotEqual(first, CliProgram.TokenOf(await kubeidp.RunAsync(Ct, "token", "prod")));
    }

    [Fact]
    public async Task Where_nothing_can_be_stored_a_token_that_is_still_valid_is_served()
    {
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        var token = CliProgram.TokenOf(await kubeidp.RunAsync(Ct, "token", "prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), TimeSpan.FromSeconds(52));
        var locked = Path.ChangeExtension(kubeidp.ClusterFile("prod"), ".lock");
        File.Delete(locked);
        Directory.CreateDirectory(locked);
        issuer.Forget();

        var outcome = await kubeidp.RunAsync(Ct, "token", "prod");

        Assert.Equal(token, CliProgram.TokenOf(outcome));
        Assert.Contains(locked, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(issuer.Requests);
    }
}
