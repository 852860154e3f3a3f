using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Doctor;

/// <summary>
/// <c>kubeidp doctor</c> as a person runs it: the program, kubeconfigs, an issuer and an API server over TLS. Each prepared fault is named
/// by its check, and by no other.
/// </summary>
public sealed class DoctorProcessTests : IAsyncLifetime
{
    private DoctorBench bench = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await DoctorBench.StartAsync("prod", Ct);

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Where_all_is_right_nothing_is_wrong()
    {
        bench.Issuer.Groups = ["platform", "ops"];
        var (exit, findings) = await bench.RunAsync(Ct);

        Assert.Equal(0, exit);
        Assert.Equal(Enumerable.Range(1, 13), findings.Select(finding => finding.Number));
        Assert.All(findings.Where(one => one.Number != 11), one => Assert.Equal((one.Check, "ok"), (one.Check, one.Status)));
        Assert.Equal("skipped", findings[10].Status);
        Assert.Contains("calls you alice", findings[6].What, StringComparison.Ordinal);
        Assert.Contains("within 70 s", findings[12].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_text_has_a_line_for_each_check_and_no_token()
    {
        bench.UsedAuthority = DoctorBench.AnotherAuthority();
        bench.WriteKubeconfig();

        var outcome = await bench.Program.RunAsync(Ct, "doctor");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("\nwrong     2 tls: The certificate of the API server", $"\n{outcome.Output}", StringComparison.Ordinal);
        Assert.Contains("\n            → Get the kubeconfig again", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 13 checks found what is wrong.", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", outcome.Output + outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_authority_than_that_of_the_API_server_is_check_2()
    {
        bench.UsedAuthority = DoctorBench.AnotherAuthority();

        await AssertOnlyAsync(2, "CN=Cluster CA of prod", skipped: [6, 7, 11]);
    }

    [Fact]
    public async Task Another_authority_than_that_of_the_issuer_is_check_2()
    {
        bench.IssuerAuthority = DoctorBench.AnotherAuthority();

        await AssertOnlyAsync(2, "CN=Test issuer CA", skipped: [3, 5, 6, 7, 8, 11, 12, 13]);
    }

    [Fact]
    public async Task An_issuer_with_a_slash_too_many_is_check_3()
    {
        bench.IssuerArgument = $"{bench.Issuer.Issuer}/";

        await AssertOnlyAsync(3, "They differ by the slash at the end", skipped: [6, 7, 8, 11, 12, 13]);
    }

    [Fact]
    public async Task A_clock_that_differs_by_a_minute_is_check_4()
    {
        bench.Issuer.ClockOffset = TimeSpan.FromMinutes(1);

        await AssertOnlyAsync(4, "behind the clock of the issuer", skipped: [11]);
    }

    [Fact]
    public async Task Keys_that_nobody_can_read_are_check_5()
    {
        bench.Issuer.KeysStatus = 503;

        await AssertOnlyAsync(5, "status 503", skipped: [6, 7, 11]);
    }

    [Fact]
    public async Task An_API_server_of_another_audience_is_check_6()
    {
        await using var other = await DoctorBench.StartAsync("somebody-else", Ct);
        var (exit, findings) = await other.RunAsync(Ct);

        AssertOnly(exit, findings, 6, "issuer.audiences prod", skipped: [7, 11]);
    }

    [Fact]
    public async Task A_token_above_the_limit_is_check_8()
    {
        bench.Issuer.Groups = [.. Enumerable.Range(1, 300).Select(number => $"a-group-with-a-long-name-{number}")];

        await AssertOnlyAsync(8, "300 groups", skipped: [11]);
    }

    [Fact]
    public async Task A_stale_token_in_the_cache_of_the_plugin_is_check_9()
    {
        bench.UseKubelogin();
        var file = bench.CacheToken("0a1b", bench.Issuer.IssueIdToken("prod", TimeSpan.FromMinutes(5)));
        bench.Issuer.ReplaceKey();

        await AssertOnlyAsync(9, file, skipped: [6, 7, 11]);
    }

    [Fact]
    public async Task A_file_of_an_issuer_that_no_kubeconfig_names_is_a_warning_of_check_9()
    {
        bench.UseKubelogin();
        await using var former = await ScriptedIssuer.StartAsync(Ct);
        var file = bench.CacheToken("0a1b", former.IssueIdToken("prod", TimeSpan.FromMinutes(5)));
        bench.CacheToken("0a1c", bench.Issuer.IssueIdToken("prod", TimeSpan.FromMinutes(5)));

        var (exit, findings) = await bench.RunAsync(Ct);

        Assert.Equal((0, "warning"), (exit, findings[8].Status));
        Assert.Contains(file, findings[8].Fix, StringComparison.Ordinal);
        Assert.Contains("They differ by the port", findings[8].What, StringComparison.Ordinal);
        Assert.Equal("ok", findings[5].Status);
    }

    [Fact]
    public async Task A_kubelogin_that_is_too_old_is_check_9()
    {
        bench.UseKubelogin("kubelogin version v1.28.0");
        bench.CacheToken("0a1c", bench.Issuer.IssueIdToken("prod", TimeSpan.FromMinutes(5)));

        await AssertOnlyAsync(9, "1.28", skipped: [11]);
    }

    [Fact]
    public async Task Two_kubeconfigs_that_disagree_are_check_9()
    {
        bench.WriteKubeconfig();
        var second = Path.Combine(bench.Home, "second");
        File.WriteAllText(second,
            File.ReadAllText(bench.Kubeconfig).Replace(bench.Issuer.Issuer, "https://former.example", StringComparison.Ordinal));
        bench.Program.Environment["KUBECONFIG"] = $"{bench.Kubeconfig}:{second}";

        await AssertOnlyAsync(9, "https://former.example", skipped: [11]);
    }

    [Fact]
    public async Task A_refusal_of_the_issuer_is_check_9_in_its_own_words()
    {
        bench.Issuer.NoAccess = "You are in none of the groups that may use prod: platform. (reference r-7)";

        await AssertOnlyAsync(9, "none of the groups that may use prod: platform. (reference r-7)", skipped: [6, 7, 8, 11, 12]);
    }

    [Fact]
    public async Task A_proxy_that_does_not_answer_is_check_10()
    {
        bench.Program.Environment["HTTPS_PROXY"] = $"http://127.0.0.1:{Ports.Free()}";

        await AssertOnlyAsync(10, "HTTPS_PROXY", skipped: [3, 5, 6, 7, 8, 11, 12, 13]);
    }

    [Fact]
    public async Task A_configuration_that_the_API_server_rejects_is_check_11()
    {
        bench.Server.Metrics = """
            # HELP apiserver_authentication_config_controller_automatic_reloads_total [ALPHA] Total number of automatic reloads
            apiserver_authentication_config_controller_automatic_reloads_total{apiserver_id_hash="sha256:ab",status="failure"} 3
            apiserver_authentication_config_controller_automatic_reload_last_timestamp_seconds{status="failure"} 1.7e+09
            """;

        await AssertOnlyAsync(11, "rejected its authentication configuration 3 times", skipped: []);
    }

    [Fact]
    public async Task A_group_of_Kubernetes_is_check_12()
    {
        bench.Issuer.Groups = ["system:masters", "platform"];

        await AssertOnlyAsync(12, "system:masters", skipped: [6, 7, 11]);
    }

    [Fact]
    public async Task Whoever_has_not_signed_in_is_told_to_and_nothing_is_wrong()
    {
        (await bench.Program.RunAsync(Ct, "logout")).Succeeded();
        bench.Issuer.Forget();

        var (exit, findings) = await bench.RunAsync(Ct);

        Assert.Equal(0, exit);
        Assert.All([6, 7, 8, 12], number => Assert.Equal("skipped", findings[number - 1].Status));
        Assert.Contains($"kubeidp login --issuer {bench.Issuer.Issuer}", findings[5].What, StringComparison.Ordinal);
        Assert.DoesNotContain("/connect/authorize", bench.Issuer.Requests);
    }

    [Fact]
    public async Task Without_a_kubeconfig_the_last_issuer_is_looked_at()
    {
        File.Delete(bench.Kubeconfig);
        bench.Program.Environment["KUBECONFIG"] = null;

        var (exit, findings) = await bench.RunAsync(["staging"], write: false, Ct);

        Assert.Equal((0, 13), (exit, findings.Count));
        Assert.Equal("ok", findings[4].Status);
        Assert.Equal("skipped", findings[5].Status);
        Assert.Contains("within 2 s", findings[12].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_look_at_is_wrong_usage()
    {
        (await bench.Program.RunAsync(Ct, "logout")).Succeeded();
        bench.Program.Environment["KUBECONFIG"] = Path.Combine(bench.Home, "nothing");

        var outcome = await bench.Program.RunAsync(Ct, "doctor");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--issuer", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task It_ends_in_time_where_nobody_answers()
    {
        await using var issuer = await BlackHole.OpenAsync("127.0.0.1", 0, Ct);
        await using var server = await BlackHole.OpenAsync("127.0.0.1", 0, Ct);
        bench.IssuerArgument = $"https://localhost:{issuer.Port}";
        bench.ServerAddress = $"https://127.0.0.1:{server.Port}";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));

        var (exit, findings) = await bench.RunAsync(limit.Token);

        AssertOnly(exit, findings, 2, "does not answer", skipped: [3, 4, 5, 6, 7, 8, 11, 12, 13]);
    }

    private async Task AssertOnlyAsync(int number, string what, int[] skipped)
    {
        var (exit, findings) = await bench.RunAsync(Ct);
        AssertOnly(exit, findings, number, what, skipped);
    }

    /// <summary>This check found it, and all others are right or can't be judged.</summary>
    private static void AssertOnly(int exit, IReadOnlyList<FoundByDoctor> findings, int number, string what, int[] skipped)
    {
        var all = string.Join('\n', findings);
        Assert.Equal([number], findings.Where(finding => finding.Status is "wrong" or "warning").Select(finding => finding.Number));
        Assert.True(exit == 1, all);
        Assert.Contains(what, $"{findings[number - 1].What} {findings[number - 1].Fix}", StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(findings[number - 1].Fix), all);
        Assert.True(skipped.SequenceEqual(findings.Where(finding => finding.Status is "skipped").Select(finding => finding.Number)), all);
    }
}
