using System.Diagnostics;
using System.Text.Json;
using k8s;
using k8s.Models;
using KubeIdP.Cli.Terminal;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Kubernetes;

/// <summary>
/// The kubeconfig, unchanged as it was downloaded, in kubectl and in the clients of other projects, each past the end of a token. The
/// plugin is the real one's stand-in, and the real one where there is one.
/// </summary>
public sealed class KubeconfigUseTests(TwoClusters clusters) : IClassFixture<TwoClusters>
{
    private const string Kubelogin = "kubectl-oidc_login";

    private static readonly TimeSpan PastTheEnd = TwoClusters.TokenLifetime + TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kubectl_uses_two_clusters_of_one_file_and_refreshes_unnoticed()
    {
        var file = await clusters.DownloadAsync("/kubeconfig?cluster=prod&cluster=dev", "both", Ct);

        var contexts = (await KubectlAsync(file, "config", "get-contexts", "-o", "name")).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var view = JsonDocument.Parse((await KubectlAsync(file, "config", "view", "--raw", "-o", "json")).Output).RootElement;
        var prod = (await KubectlAsync(file, "get", "namespaces", "-o", "name")).Output;
        var dev = (await KubectlAsync(file, "get", "namespaces", "-o", "name", "--context", "kubeidp-dev")).Output;
        var before = await clusters.Machine.RefreshesAsync("prod", Ct);
        await Task.Delay(PastTheEnd, Ct);
        var whoami = (await KubectlAsync(file, "auth", "whoami", "-o", "json")).Output;

        Assert.Equal(["kubeidp-dev", "kubeidp-prod"], contexts.Order(StringComparer.Ordinal));
        Assert.Equal("kubeidp-prod", view.GetProperty("current-context").GetString());
        Assert.Equal("shop", view.GetProperty("contexts").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == "kubeidp-prod").GetProperty("context").GetProperty("namespace")
            .GetString());
        Assert.Equal("namespace/default\nnamespace/of-prod\n", prod);
        Assert.Equal("namespace/default\nnamespace/of-dev\n", dev);
        Assert.Equal("alice", JsonDocument.Parse(whoami).RootElement.GetProperty("status").GetProperty("userInfo").GetProperty("username")
            .GetString());
        Assert.True(await clusters.Machine.RefreshesAsync("prod", Ct) > before);
    }

    // With the browser of alice beside it, and no browser that it could open itself.
    [Fact]
    public async Task Kubelogin_itself_signs_in_at_both_clusters_of_the_file_and_refreshes_unnoticed()
    {
        KubernetesTests.SkipWithout(Kubelogin);
        using var machine = new PeopleMachine(KubernetesPrograms.PathOf(Kubelogin));
        var file = await clusters.DownloadAsync("/kubeconfig?cluster=prod&cluster=dev", "kubelogin", Ct);

        var prod = await SignInAsync(machine, file, "kubeidp-prod");
        var dev = await SignInAsync(machine, file, "kubeidp-dev");
        await Task.Delay(PastTheEnd, Ct);
        var later = await Programs.RunAsync(Namespaces(machine, file, "kubeidp-prod"), input: null, Ct);
        var mixed = Namespaces(machine, file, "kubeidp-prod");
        mixed.ArgumentList.Add("--user=kubeidp-dev");
        var refused = await Programs.RunAsync(mixed, input: null, Ct);

        Assert.Equal(("namespace/default\nnamespace/of-prod\n", "namespace/default\nnamespace/of-dev\n"), (prod, dev));
        Assert.Equal("namespace/default\nnamespace/of-prod\n", later.Succeeded().Output);
        Assert.NotEqual(0, refused.ExitCode);
    }

    [Fact]
    public async Task The_token_of_one_cluster_is_refused_by_the_other()
    {
        var file = await clusters.DownloadAsync("/kubeconfig?cluster=prod&cluster=dev", "mixed", Ct);

        var accepted = await clusters.Machine.KubectlAsync(file, Ct, "get", "namespaces", "--context=kubeidp-prod", "--user=kubeidp-prod");
        var refused = await clusters.Machine.KubectlAsync(file, Ct, "get", "namespaces", "--context=kubeidp-prod", "--user=kubeidp-dev");

        accepted.Succeeded();
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(clusters["prod"].Refused, reason => reason.Contains("IDX10214", StringComparison.Ordinal));
    }

    // The one file for all systems must be read by the kubectl of each.
    [Fact]
    public async Task Without_the_plugin_kubectl_says_how_to_install_it()
    {
        var file = await clusters.DownloadAsync("/clusters/prod/kubeconfig", "hint", Ct);
        var start = clusters.Machine.Start("kubectl", file, "get", "namespaces");
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");

        var outcome = await Programs.RunAsync(start, input: null, Ct);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("winget install --exact --id int128.kubelogin\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"More about this cluster: {clusters.Url}/clusters/prod\n", $"{outcome.Error}\n", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_of_Python_works_with_it()
    {
        var file = await clusters.DownloadAsync("/clusters/prod/kubeconfig", "python", Ct);

        await ListTwiceAsync(clusters.Machine.Start("/usr/bin/python3", file, Script("namespaces.py")));
    }

    [Fact]
    public async Task The_client_of_Node_works_with_it()
    {
        var file = await clusters.DownloadAsync("/clusters/prod/kubeconfig", "node", Ct);
        var npm = new ProcessStartInfo("npm", ["ci", "--ignore-scripts"]) { WorkingDirectory = Script("client-node") };
        (await Programs.RunAsync(npm, input: null, Ct)).Succeeded();

        await ListTwiceAsync(clusters.Machine.Start("node", file, Script("client-node/namespaces.mjs")));
    }

    [Fact]
    public async Task The_client_of_NET_works_with_it()
    {
        var file = await clusters.DownloadAsync("/clusters/prod/kubeconfig", "dotnet", Ct);
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", $"{path}:{clusters.Machine.Bin}");
        try
        {
            await clusters.Machine.ForgetIdTokenAsync("prod", Ct);
            using var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
            var first = await client.CoreV1.ListNamespaceAsync(cancellationToken: Ct);
            var before = await clusters.Machine.RefreshesAsync("prod", Ct);
            await Task.Delay(PastTheEnd, Ct);
            var second = await client.CoreV1.ListNamespaceAsync(cancellationToken: Ct);

            foreach (var list in (V1NamespaceList[])[first, second])
                Assert.Equal(["default", "of-prod"], list.Items.Select(one => one.Metadata.Name));
            Assert.True(await clusters.Machine.RefreshesAsync("prod", Ct) > before);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    /// <summary>The output of a kubectl that has to sign in on the way.</summary>
    private async Task<string> SignInAsync(PeopleMachine machine, string file, string context)
    {
        using var kubectl = Process.Start(Namespaces(machine, file, context))!;
        var output = kubectl.StandardOutput.ReadToEndAsync(Ct);
        await clusters.ContinueAsync(await KubeloginTests.LocalAddressAsync(kubectl), Ct);
        var errors = kubectl.StandardError.ReadToEndAsync(Ct);
        await kubectl.WaitForExitAsync(Ct);
        return kubectl.ExitCode == 0 ? await output : throw new InvalidOperationException(await errors);
    }

    private static ProcessStartInfo Namespaces(PeopleMachine machine, string file, string context)
    {
        var start = machine.Start(KubernetesPrograms.PathOf("kubectl"), file, "get", "namespaces", "-o", "name", "--context", context);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["PATH"] = machine.Bin;
        return start;
    }

    private async Task<Outcome> KubectlAsync(string file, params string[] words) =>
        (await clusters.Machine.KubectlAsync(file, Ct, words)).Succeeded();

    /// <summary>Has a script list the namespaces, and again after the token that it has then is over.</summary>
    private async Task ListTwiceAsync(ProcessStartInfo start)
    {
        await clusters.Machine.ForgetIdTokenAsync("prod", Ct);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var script = Process.Start(start)!;
        var errors = script.StandardError.ReadToEndAsync(Ct);
        try
        {
            Assert.Equal("default of-prod", await ListAsync());
            var before = await clusters.Machine.RefreshesAsync("prod", Ct);
            await Task.Delay(PastTheEnd, Ct);
            Assert.Equal("default of-prod", await ListAsync());
            Assert.True(await clusters.Machine.RefreshesAsync("prod", Ct) > before);
        }
        finally
        {
            if (!script.HasExited) script.Kill(entireProcessTree: true);
        }

        async Task<string> ListAsync()
        {
            await script.StandardInput.WriteLineAsync("list");
            await script.StandardInput.FlushAsync(Ct);
            return await script.StandardOutput.ReadLineAsync(Ct)
                ?? throw new InvalidOperationException($"The script ended:\n{await errors}");
        }
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Kubernetes", name);
}
