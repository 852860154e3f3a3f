using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Token;

/// <summary><c>kubeidp token</c> as client-go runs it: processes, files, and an issuer over TLS that counts what it is asked.</summary>
public sealed class TokenProcessTests : IAsyncLifetime
{
    private const string EndedByAdmin = "An administrator ended this session at 2026-11-30 12:00 UTC. Sign in again. (reference r-1)";

    // Past the point at which it is replaced, and before its end.
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(52);
    private static readonly TimeSpan Over = TimeSpan.FromSeconds(70);

    private ScriptedIssuer issuer = null!;
    private CliProgram kubeidp = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        issuer = await ScriptedIssuer.StartAsync(Ct);
        kubeidp = new CliProgram(issuer.AuthorityPem);
        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();
        issuer.Forget();
    }

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    [Fact]
    public async Task One_login_gives_tokens_for_two_clusters_with_one_request_each()
    {
        var prod = CliProgram.TokenOf(await TokenAsync("prod"));
        var staging = CliProgram.TokenOf(await TokenAsync("staging"));

        Assert.NotEqual(prod, staging);
        Assert.Equal(["exchange kubeidp", "exchange kubeidp"], issuer.Requests);
    }

    [Fact]
    public async Task A_fresh_token_comes_from_its_file_while_the_issuer_is_gone_and_a_lock_is_held()
    {
        var first = CliProgram.TokenOf(await TokenAsync("prod"));
        await issuer.StopAsync(Ct);

        using var held = new FileStream(
            Path.ChangeExtension(kubeidp.ClusterFile("prod"), ".lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var again = await TokenAsync("prod");

        Assert.Equal(first, CliProgram.TokenOf(again));
        Assert.Empty(again.Error);
    }

    [Fact]
    public async Task A_refresh_is_exactly_one_request()
    {
        var first = CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), Old);
        issuer.Forget();

        var second = CliProgram.TokenOf(await TokenAsync("prod"));

        Assert.NotEqual(first, second);
        Assert.Equal(["refresh prod"], issuer.Requests);
    }

    [Fact]
    public async Task An_old_login_is_refreshed_once_before_the_exchange()
    {
        CliProgram.Age(kubeidp.SessionFile(), TimeSpan.FromMinutes(10));

        CliProgram.TokenOf(await TokenAsync("prod"));

        Assert.Equal(["refresh kubeidp", "exchange kubeidp"], issuer.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Forty_at_the_end_of_a_token_are_one_refresh_and_no_login(bool over)
    {
        CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), over ? Over : Old);
        issuer.Forget();
        issuer.Delay = TimeSpan.FromMilliseconds(300);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => TokenAsync("prod")));

        Assert.Single(outcomes.Select(CliProgram.TokenOf).Distinct());
        Assert.Equal(["refresh prod"], issuer.Requests);
    }

    [Fact]
    public async Task Twenty_for_two_clusters_refresh_an_old_login_once()
    {
        CliProgram.Age(kubeidp.SessionFile(), TimeSpan.FromMinutes(10));
        issuer.Delay = TimeSpan.FromMilliseconds(200);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => TokenAsync(number % 2 == 0 ? "prod" : "staging")));

        Assert.Equal(2, outcomes.Select(CliProgram.TokenOf).Distinct().Count());
        Assert.Equal(1, issuer.Count("refresh kubeidp"));
        Assert.Equal(2, issuer.Count("exchange kubeidp"));
    }

    // 1,000 in tests/KubeIdP.Load.
    [Fact]
    public async Task Killed_at_fifty_random_moments_it_leaves_whole_files_and_no_lock() =>
        await new CliKillRace(issuer, kubeidp).RunAsync(50, progress: null, Ct);

    [Fact]
    public async Task The_lock_of_a_killed_process_is_free_at_once()
    {
        CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), Over);
        issuer.Forget();
        issuer.Delay = TimeSpan.FromMinutes(1);
        using (var holder = kubeidp.Begin("token", "prod"))
        {
            while (issuer.Requests is []) await Task.Delay(10, Ct);
            holder.Kill();
            await holder.WaitForExitAsync(Ct);
        }

        issuer.Delay = TimeSpan.Zero;
        var since = Stopwatch.StartNew();
        CliProgram.TokenOf(await TokenAsync("prod"));

        Assert.True(since.Elapsed < TimeSpan.FromSeconds(5), $"{since.Elapsed}");
    }

    [Fact]
    public async Task Somebody_who_waits_for_another_process_is_told_for_which()
    {
        CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), Over);
        issuer.Forget();
        issuer.Delay = TimeSpan.FromSeconds(5);
        using var holder = kubeidp.Begin("token", "prod");
        while (issuer.Requests is []) await Task.Delay(10, Ct);

        var waited = await TokenAsync("prod");
        await holder.WaitForExitAsync(Ct);

        CliProgram.TokenOf(waited);
        Assert.Contains(
            $"another kubeidp (process {holder.Id}), which is getting a token for prod", waited.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_an_outage_a_token_past_its_margin_is_served_and_one_request_is_made_for_many()
    {
        var token = CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), TimeSpan.FromSeconds(51));
        issuer.IsAway = true;
        issuer.Forget();

        var served = await TokenAsync("prod");
        var again = await TokenAsync("prod");

        Assert.Equal(token, CliProgram.TokenOf(served));
        Assert.Equal(token, CliProgram.TokenOf(again));
        Assert.Empty(served.Error);
        Assert.Equal(["refresh prod"], issuer.Requests);
    }

    [Theory]
    [InlineData(true, "The directory does not answer. Try again. (reference away)")]
    [InlineData(false, "refused the connection")]
    public async Task In_an_outage_an_ended_token_is_an_error_and_no_login_and_afterwards_it_goes_on(bool is503, string sentence)
    {
        CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), Over);
        var before = await File.ReadAllTextAsync(kubeidp.ClusterFile("prod"), Ct);
        issuer.Forget();
        if (is503) issuer.IsAway = true;
        else await issuer.StopAsync(Ct);

        // A person is there, and would be asked if the login were over.
        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = Interactive;
        var refused = await kubeidp.RunFromAnotherClientAsync(Ct, "token", "prod");

        Assert.Equal(1, refused.ExitCode);
        Assert.Empty(refused.Output);
        Assert.Contains(sentence, refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.Trim().Split('\n'));
        Assert.Equal(before, await File.ReadAllTextAsync(kubeidp.ClusterFile("prod"), Ct));
        if (!is503) return;

        issuer.IsAway = false;
        CliProgram.TokenOf(await TokenAsync("prod"));
        Assert.Equal(["refresh prod", "refresh prod"], issuer.Requests);
    }

    [Fact]
    public async Task Many_that_wait_in_an_outage_make_few_requests()
    {
        CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), Over);
        issuer.Forget();
        issuer.Delay = TimeSpan.FromSeconds(2);
        issuer.IsAway = true;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => TokenAsync("prod")));

        Assert.All(outcomes, outcome => Assert.Equal(1, outcome.ExitCode));
        Assert.All(outcomes, outcome => Assert.Contains("The directory does not answer.", outcome.Error, StringComparison.Ordinal));
        Assert.Equal(["refresh prod"], issuer.Requests);
    }

    [Fact]
    public async Task The_ended_grant_of_a_cluster_is_said_and_replaced_by_an_exchange()
    {
        CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), Old);
        issuer.EndClusterGrants("The grant of prod was revoked. (reference r-2)");
        issuer.Forget();

        var outcome = await TokenAsync("prod");

        CliProgram.TokenOf(outcome);
        Assert.Equal("The grant of prod was revoked. (reference r-2)", outcome.Error.Trim());
        Assert.Equal(["refresh prod", "exchange kubeidp"], issuer.Requests);
    }

    [Fact]
    public async Task A_missing_group_is_said_and_needs_no_login()
    {
        const string NoAccess = "Only members of corp:k8s-prod may use prod, and alice is none. (reference r-3)";
        CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), Old);
        issuer.NoAccess = NoAccess;
        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = Interactive;

        var refreshed = await kubeidp.RunFromAnotherClientAsync(Ct, "token", "prod");
        var exchanged = await kubeidp.RunFromAnotherClientAsync(Ct, "token", "staging");

        Assert.All([refreshed, exchanged], outcome => Assert.Equal(1, outcome.ExitCode));
        Assert.All([refreshed, exchanged], outcome => Assert.Contains(NoAccess, outcome.Error, StringComparison.Ordinal));
        Assert.All([refreshed, exchanged], outcome => Assert.DoesNotContain("Sign in with", outcome.Error, StringComparison.Ordinal));

        issuer.NoAccess = null;
        CliProgram.TokenOf(await TokenAsync("prod"));
        Assert.DoesNotContain("/connect/authorize", issuer.Requests);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_said()
    {
        var outcome = await TokenAsync("nowhere");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("There is no cluster nowhere.", outcome.Error.Trim());
    }

    [Fact]
    public async Task After_a_401_the_terminal_says_who_ended_the_session()
    {
        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = NotInteractive;
        var token = CliProgram.TokenOf(await TokenAsync("prod"));
        issuer.EndSessions(EndedByAdmin);

        // Another kubectl, to which nobody has refused anything.
        var other = await kubeidp.RunFromAnotherClientAsync(Ct, "token", "prod");
        var refused = await TokenAsync("prod");

        Assert.Equal(token, CliProgram.TokenOf(other));
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith(EndedByAdmin, refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, refused.Error.Split("An administrator ended").Length - 1);
        Assert.Contains($"kubeidp login --issuer {issuer.Issuer}", refused.Error, StringComparison.Ordinal);

        // Nothing of that session is handed out any more.
        Assert.Equal(1, (await kubeidp.RunFromAnotherClientAsync(Ct, "token", "prod")).ExitCode);
    }

    [Fact]
    public async Task After_a_401_for_another_reason_the_token_is_replaced_once_and_silently()
    {
        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = NotInteractive;
        var first = CliProgram.TokenOf(await TokenAsync("prod"));
        issuer.Forget();

        var second = await TokenAsync("prod");
        var third = await TokenAsync("prod");

        Assert.NotEqual(first, CliProgram.TokenOf(second));
        Assert.Equal(CliProgram.TokenOf(second), CliProgram.TokenOf(third));
        Assert.Empty(second.Error + third.Error);
        Assert.Equal(["refresh prod"], issuer.Requests);
    }

    [Fact]
    public async Task A_script_that_asks_twice_gets_the_stored_token()
    {
        var first = CliProgram.TokenOf(await TokenAsync("prod"));

        var second = CliProgram.TokenOf(await TokenAsync("prod"));

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task An_ended_login_is_said_and_the_person_signs_in_and_has_a_token()
    {
        var first = CliProgram.TokenOf(await TokenAsync("prod"));
        CliProgram.Age(kubeidp.ClusterFile("prod"), Old);
        issuer.EndSessions(EndedByAdmin);
        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = Interactive;

        var outcome = await kubeidp.SignInAsync(issuer, Ct, "token", "prod");

        Assert.NotEqual(first, CliProgram.TokenOf(outcome));
        Assert.StartsWith(EndedByAdmin, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("You are signed in", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_login_is_begun_where_it_is_forbidden_or_nobody_is_there()
    {
        issuer.EndSessions(EndedByAdmin);

        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = NotInteractive;
        var nobody = await TokenAsync("prod");
        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = Interactive;
        var forbidden = await TokenAsync("prod", "--no-login");

        Assert.All([nobody, forbidden], outcome => Assert.Equal(1, outcome.ExitCode));
        Assert.All([nobody, forbidden], outcome => Assert.Contains("Run: kubeidp login", outcome.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("/connect/authorize", issuer.Requests);
    }

    [Fact]
    public async Task A_refused_sign_in_is_not_begun_again_by_those_who_waited()
    {
        issuer.EndSessions(EndedByAdmin);
        issuer.SignInError = "Your account is disabled. (reference r-4)";
        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = Interactive;

        var person = kubeidp.SignInAsync(issuer, Ct, "token", "prod");
        var others = Enumerable.Range(0, 5).Select(_ => kubeidp.SignInAsync(issuer, Ct, "token", "prod")).ToList();
        var outcomes = await Task.WhenAll([person, .. others]);

        Assert.All(outcomes, outcome => Assert.Equal(1, outcome.ExitCode));
        Assert.All(outcomes, outcome => Assert.Contains("Your account is disabled.", outcome.Error, StringComparison.Ordinal));
        Assert.Equal(1, issuer.Count("/connect/authorize"));
    }

    [Theory]
    [InlineData("client.authentication.k8s.io/v1")]
    [InlineData("client.authentication.k8s.io/v1beta1")]
    public async Task The_answer_is_in_the_version_that_client_go_asks_for(string version)
    {
        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = ExecInfo(version, interactive: false);

        var outcome = await TokenAsync("prod");

        using var answer = JsonDocument.Parse(outcome.Succeeded().Output);
        Assert.Equal("ExecCredential", answer.RootElement.GetProperty("kind").GetString());
        Assert.Equal(version, answer.RootElement.GetProperty("apiVersion").GetString());

        // The issuer's clock is an hour ahead: this machine's counts, and it ends ten seconds early.
        var end = answer.RootElement.GetProperty("status").GetProperty("expirationTimestamp").GetDateTimeOffset();
        Assert.InRange(end - DateTimeOffset.UtcNow, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task A_version_that_nobody_knows_is_refused_with_the_one_to_use()
    {
        kubeidp.Environment["KUBERNETES_EXEC_INFO"] = ExecInfo("client.authentication.k8s.io/v1alpha1", interactive: false);

        var outcome = await TokenAsync("prod");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("client.authentication.k8s.io/v1.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_authority_of_a_kubeconfig_is_a_login_of_its_own_unless_it_is_the_same()
    {
        var data = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(issuer.AuthorityPem.ReplaceLineEndings("\r\n")));
        var same = await TokenAsync("prod", "--issuer", issuer.Issuer, "--certificate-authority-data", data);
        using var stranger = new Testing.Directories.TestAuthority();
        await File.WriteAllTextAsync(kubeidp.AuthorityFile, stranger.Pem, Ct);
        var other = await TokenAsync("prod", "--issuer", issuer.Issuer, "--certificate-authority", kubeidp.AuthorityFile);

        CliProgram.TokenOf(same);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("Nobody is signed in", other.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--certificate-authority", "/nonexistent.pem")]
    [InlineData("--certificate-authority-data", "not base64!")]
    [InlineData("--issuer", "http://idp.example.com")]
    public async Task What_cannot_be_meant_is_exit_code_2(string option, string value)
    {
        var outcome = option == "--issuer"
            ? await TokenAsync("prod", option, value)
            : await TokenAsync("prod", "--issuer", issuer.Issuer, option, value);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Single(outcome.Error.Trim().Split('\n'));
    }

    private const string Interactive =
        """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":true}}""";

    private const string NotInteractive =
        """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}""";

    private static string ExecInfo(string version, bool interactive) =>
        (interactive ? Interactive : NotInteractive).Replace("client.authentication.k8s.io/v1", version, StringComparison.Ordinal);

    private Task<Outcome> TokenAsync(string cluster, params string[] options) => kubeidp.RunAsync(Ct, ["token", cluster, .. options]);
}
