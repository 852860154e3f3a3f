using System.Diagnostics;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Clusters;

/// <summary>What the commands of the portal make of a person's kubeconfig, with the real kubectl in a home of their own.</summary>
public sealed class KubeconfigCommandsTests : IDisposable
{
    private const string Context = "kubeidp-prod";

    private const string Mine = """
        apiVersion: v1
        kind: Config
        clusters:
        - { name: mine, cluster: { server: "https://mine.example.com", certificate-authority: gone.crt } }
        - { name: kubeidp-prod, cluster: { server: "https://old.example.com" } }
        users: [{ name: mine, user: { token: not-redacted } }, { name: kubeidp-prod, user: { token: old } }]
        contexts: [{ name: mine, context: { cluster: mine, user: mine } }]
        current-context: mine
        """;

    private readonly TemporaryFolder home = new();

    public KubeconfigCommandsTests()
    {
        Directory.CreateDirectory(home.File("Downloads"));
        Download(Kubeconfig.Of("https://idp.example.com", null,
            [new("prod", "https://api.example.com", null, null, ExecPlugin.Kubelogin)]));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Config => home.File(".kube/config");

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("bash")]
    [InlineData("sh")]
    public async Task In_a_fresh_home_it_becomes_the_kubeconfig_and_only_its_owner_reads_it(string shell)
    {
        (await AddAsync(shell)).Succeeded();

        Assert.Equal(Context, await ShownAsync("{.current-context}"));
        Assert.Equal("https://api.example.com", await ServerAsync());
        Assert.Equal(["config"], Names());
        Assert.Equal(FileModes.OwnerOnly, FileModes.Of(Config));
    }

    [Fact]
    public async Task Pasted_again_it_changes_nothing_and_overwrites_no_copy()
    {
        Write(Mine);
        for (var i = 0; i < 3; i++) (await AddAsync()).Succeeded();

        Assert.Equal("https://api.example.com", await ServerAsync());
        var copies = Names().Where(name => name.StartsWith("config.before-", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, copies.Count);
        Assert.Single(copies, copy => File.ReadAllText(home.File($".kube/{copy}")) == Mine);
        Assert.Equal(4, Names().Count);
    }

    [Fact]
    public async Task Entries_of_others_stay_and_an_old_entry_of_the_cluster_is_brought_up_to_date()
    {
        Write(Mine);

        (await AddAsync()).Succeeded();

        Assert.Equal("https://api.example.com", await ServerAsync());
        Assert.Equal("kubectl-oidc_login", await ShownAsync("{.users[?(@.name==\"kubeidp-prod\")].user.exec.command}"));
        Assert.Equal("", await ShownAsync("{.users[?(@.name==\"kubeidp-prod\")].user.token}"));
        Assert.Equal("not-redacted", await ShownAsync("{.users[?(@.name==\"mine\")].user.token}"));
        Assert.Equal("gone.crt", await ShownAsync("{.clusters[?(@.name==\"mine\")].cluster.certificate-authority}"));
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html><body>Sign in</body></html>")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("apiVersion: v1\nkind: Config\n")]
    public async Task With_something_else_than_the_file_nothing_changes(string? downloaded)
    {
        Write(Mine);
        Download(downloaded);

        await FailsAsync(await AddAsync());
    }

    [Fact]
    public async Task Without_kubectl_nothing_changes()
    {
        Write(Mine);
        var bin = Directory.CreateDirectory(home.File("bin")).FullName;
        foreach (var tool in (string[])["cp", "date", "mkdir", "mktemp", "mv", "readlink"])
            File.CreateSymbolicLink(Path.Combine(bin, tool), $"/usr/bin/{tool}");

        await FailsAsync(await AddAsync(("PATH", bin)));
    }

    [Fact]
    public async Task A_kubeconfig_that_kubectl_can_not_read_stays_as_it_is()
    {
        Write("kind: [unfinished");

        await FailsAsync(await AddAsync(), "kind: [unfinished");
    }

    [Fact]
    public async Task With_KUBECONFIG_set_the_file_in_the_home_is_changed_and_no_other()
    {
        var other = home.Write("other", Mine.Replace("mine", "other", StringComparison.Ordinal));
        var before = await File.ReadAllTextAsync(other, Ct);

        (await AddAsync(("KUBECONFIG", other))).Succeeded();

        Assert.Equal(before, await File.ReadAllTextAsync(other, Ct));
        Assert.Equal(Context, await ShownAsync("{.current-context}"));
        Assert.Equal("", await ShownAsync("{.users[?(@.name==\"other\")].name}"));
    }

    [Fact]
    public async Task A_link_stays_a_link_and_its_target_is_changed()
    {
        Directory.CreateDirectory(home.File("dotfiles"));
        Directory.CreateDirectory(home.File(".kube"));
        home.Write("dotfiles/kubeconfig", Mine);
        File.CreateSymbolicLink(Config, "../dotfiles/kubeconfig");

        (await AddAsync()).Succeeded();

        Assert.Equal("../dotfiles/kubeconfig", new FileInfo(Config).LinkTarget);
        Assert.Null(new FileInfo(home.File("dotfiles/kubeconfig")).LinkTarget);
        Assert.Equal("https://api.example.com", await ServerAsync());
        Assert.Equal("gone.crt", await ShownAsync("{.clusters[?(@.name==\"mine\")].cluster.certificate-authority}"));
    }

    // By its text alone, because PowerShell is not among what the tests install.
    [Fact]
    public void PowerShell_looks_at_the_result_of_each_kubectl_and_redirects_nothing()
    {
        var lines = KubeconfigCommands.Add(Shell.PowerShell, "prod.kubeconfig", Context).Split('\n').Select(line => line.Trim()).ToList();

        var calls = lines.Index().Where(line => line.Item.Contains("kubectl config ", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, calls.Count);
        Assert.All(calls, call => Assert.StartsWith("if ($LASTEXITCODE -ne 0", lines[call.Index + 1], StringComparison.Ordinal));
        Assert.Contains("$ErrorActionPreference = 'Stop'", lines);
        Assert.DoesNotContain(lines, line => line.Contains('>', StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("Copy-Item", StringComparison.Ordinal));
    }

    private static ProcessStartInfo Start(string program, params string[] words) => new(program, words);

    private Task<Outcome> AddAsync(params (string Name, string Value)[] variables) => AddAsync("bash", variables);

    private async Task<Outcome> AddAsync(string shell, params (string Name, string Value)[] variables)
    {
        var command = KubeconfigCommands.Add(Shell.Bash, "prod.kubeconfig", Context);
        (await Programs.RunAsync(Start(shell, "-n", "-c", command), input: null, Ct)).Succeeded();
        var start = Start($"/bin/{shell}", "-c", command);
        start.Environment["HOME"] = home.Path;
        start.Environment.Remove("KUBECONFIG");
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return await Programs.RunAsync(start, input: null, Ct);
    }

    private async Task FailsAsync(Outcome outcome, string before = Mine)
    {
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Equal(before, await File.ReadAllTextAsync(Config, Ct));
    }

    private Task<string> ServerAsync() => ShownAsync("{.clusters[?(@.name==\"kubeidp-prod\")].cluster.server}");

    private async Task<string> ShownAsync(string path) =>
        (await Programs.RunAsync(Start("kubectl", "--kubeconfig", Config, "config", "view", "--raw", "-o", $"jsonpath={path}"), input: null,
            Ct)).Succeeded().Output;

    private void Write(string text)
    {
        Directory.CreateDirectory(home.File(".kube"));
        home.Write(".kube/config", text);
    }

    private void Download(string? text)
    {
        if (text is null) File.Delete(home.File("Downloads/prod.kubeconfig"));
        else home.Write("Downloads/prod.kubeconfig", text);
    }

    private List<string> Names() => [.. Directory.GetFileSystemEntries(home.File(".kube")).Select(one => Path.GetFileName(one)!)
        .Where(name => name != "cache")];
}
