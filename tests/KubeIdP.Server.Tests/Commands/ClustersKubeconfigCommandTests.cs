using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>The command <c>clusters kubeconfig</c>: what it prints, and which files it writes.</summary>
public sealed class ClustersKubeconfigCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TestAuthority authority = new();

    public ClustersKubeconfigCommandTests()
    {
        // The key beside the certificate must not get into a file for everybody.
        folder.Write("ca.pem", authority.PrivateKeyPem + authority.Pem);
        folder.Write("kubeidp.yaml", $"""
            dataDirectory: {folder.File("data")}
            issuer: https://idp.example.test
            listen: ["http://127.0.0.1:{Ports.Free()}"]
            clusters:
              prod:
                server: https://api.prod.example.test:6443
                caFile: {folder.File("ca.pem")}
              dev:
                server: https://api.dev.example.test
              bare:
            """);
    }

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task It_prints_the_file_of_the_named_clusters()
    {
        var text = (await RunAsync("dev", "prod")).Succeeded().Output;
        var json = JsonDocument.Parse((await RunAsync("dev", "prod", "--output", "json")).Succeeded().Output).RootElement;

        Assert.EndsWith("current-context: \"kubeidp-dev\"", text, StringComparison.Ordinal);
        Assert.Contains($"certificate-authority-data: {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(authority.Pem))}\n", text,
            StringComparison.Ordinal);
        Assert.Equal(text, json.GetProperty("kubeconfig").GetString()!.Trim());
    }

    [Theory]
    [InlineData("bash", "kubectl config set-credentials kubeidp-bare \\")]
    [InlineData("PowerShell", "kubectl config set-credentials kubeidp-bare `")]
    public async Task It_prints_the_commands_for_a_shell_also_for_a_cluster_without_an_address(string shell, string line)
    {
        var outcome = (await RunAsync("bare", "--shell", shell)).Succeeded();

        Assert.StartsWith(line, outcome.Output.Replace("'", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_can_not_make_it_explains()
    {
        var bare = await RunAsync("prod", "bare");
        var unknown = await RunAsync("nowhere");

        Assert.Equal((ExitCode.NotDone, ""), (bare.ExitCode, bare.Output));
        Assert.Contains("sets clusters.bare.server to the https address", bare.Error, StringComparison.Ordinal);
        Assert.EndsWith("Until then: clusters kubeconfig bare --shell bash (or powershell)", bare.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.NotDone, "There is no cluster \"nowhere\". The clusters are: prod, dev, bare."),
            (unknown.ExitCode, unknown.Error));
    }

    [Theory]
    [InlineData("Use only one of --file and --merge.", "prod", "--file", "a", "--merge", "./b")]
    [InlineData("Use only one of --merge and --shell.", "prod", "--merge", "./b", "--shell", "bash")]
    [InlineData("--shell is for one cluster: that of the current context.", "prod", "dev", "--shell", "bash")]
    [InlineData("--use is for --merge.", "prod", "--use")]
    [InlineData("--force is for --file.", "prod", "--merge", "./a", "--force")]
    [InlineData("--merge takes the path of a file, and dev looks like the name of a cluster. Put --merge last, or write ./dev.", "--merge",
        "dev", "prod")]
    [InlineData("Required argument 'CLUSTER' missing for command: 'kubeconfig'.")]
    public async Task Wrong_arguments_are_named(string error, params string[] words)
    {
        var outcome = await RunAsync(words);

        Assert.Equal((ExitCode.Misused, $"{error}\nTry --help."), (outcome.ExitCode, outcome.Error.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task A_file_is_written_once_for_its_owner_and_replaced_only_by_force()
    {
        var file = folder.File("out");

        var first = (await RunAsync("prod", "--file", file)).Succeeded();
        var second = await RunAsync("dev", "--file", file);
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        (await RunAsync("dev", "--file", file, "--force")).Succeeded();

        Assert.Equal($"Written to {file}.", first.Output);
        Assert.Equal((ExitCode.NotDone, true), (second.ExitCode, second.Error.Contains("--force", StringComparison.Ordinal)));
        Assert.Contains("kubeidp-prod", text, StringComparison.Ordinal);
        Assert.Contains("kubeidp-dev", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(FileModes.OwnerOnly, FileModes.Of(file));
        Assert.Equal(["ca.pem", "kubeidp.yaml", "out"],
            Directory.GetFiles(folder.Path).Select(one => Path.GetFileName(one)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_merge_says_what_it_did()
    {
        var file = folder.Write("config",
            "kind: Config\ncontexts: [{ name: mine, context: { cluster: a, user: a } }]\ncurrent-context: mine\n");

        var first = JsonDocument.Parse((await RunAsync("prod", "dev", "--merge", file, "-o", "json")).Succeeded().Output).RootElement;
        var second = (await RunAsync("prod", "dev", "--merge", file)).Succeeded();
        var third = (await RunAsync("dev", "--merge", file, "--use")).Succeeded();

        Assert.Equal((true, "mine"), (first.GetProperty("changed").GetBoolean(), first.GetProperty("currentContext").GetString()));
        Assert.True(File.Exists(first.GetProperty("backup").GetString()));
        Assert.Equal($"{file} already has all of it.\nCurrent context: mine\nTo use the new one: kubectl config use-context kubeidp-prod",
            second.Output.ReplaceLineEndings("\n"));
        Assert.StartsWith($"Merged into {file}. As it was: {file}.kubeidp-", third.Output, StringComparison.Ordinal);
        Assert.EndsWith("Current context: kubeidp-dev", third.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_kubeconfig_is_left_alone()
    {
        var config = folder.File("kubeidp.yaml");
        var before = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);

        var outcome = await RunAsync("prod", "--merge", config);

        Assert.Equal(ExitCode.NotDone, outcome.ExitCode);
        Assert.StartsWith($"{config} was not changed, because it is not a kubeconfig that can be merged: ", outcome.Error,
            StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken));
    }

    // PowerShell and --merge=~/… leave the tilde to the program. In a process of its own, because HOME is the process's.
    [Fact]
    public async Task A_tilde_is_the_home_folder_and_a_file_that_kubectl_does_not_read_is_pointed_out()
    {
        var start = new System.Diagnostics.ProcessStartInfo(IssuerProcess.DotnetHost,
            [IssuerProcess.ServerDll, "clusters", "kubeconfig", "prod", "--merge=~/.kube/config", "--config", folder.File("kubeidp.yaml")]);
        (start.Environment["HOME"], start.Environment["KUBECONFIG"]) = (folder.Path, $"{folder.File("a")}:{folder.File("b")}");

        var outcome = (await Programs.RunAsync(start, input: null, TestContext.Current.CancellationToken)).Succeeded();

        Assert.True(File.Exists(folder.File(".kube/config")));
        Assert.Contains($"kubectl does not read {folder.File(".kube/config")}, because KUBECONFIG names other files.", outcome.Error,
            StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] words) =>
        InProcess.RunAsync(["clusters", "kubeconfig", .. words, "--config", folder.File("kubeidp.yaml")]);
}
