using System.Diagnostics;
using System.Net.Security;
using System.Text;
using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>
/// The commands in the README and in the pages of src/docs work. A renamed command or flag fails here, not on somebody's first day.
/// </summary>
public sealed partial class GuideTests : IDisposable
{
    private const string Run = "dotnet run --project src/KubeIdP.Server";

    /// <summary>What the README makes of it.</summary>
    private const string Issuer = "https://172.18.0.1:8443";

    private const string AddAccount = $"{Run} -- people add carol --email carol@example.com --group platform --output json";

    private readonly TemporaryFolder folder = new();
    private readonly int port = Ports.Free();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// As somebody does who goes through the README and then the other pages: each command as it stands there, one after the other in one
    /// folder, beside the server that the README has started. Only what the SDK would build and run is built already, and the cluster and
    /// kubelogin are stand-ins.
    /// </summary>
    [Fact]
    public async Task The_commands_of_all_pages_work_as_written_in_their_order_in_a_fresh_home()
    {
        Assert.Equal(Run, Guides.Readme.Blocks("sh").First());
        Directory.CreateDirectory(folder.File("bin"));
        WriteProgram("dotnet", $$"""
            [ "$1 $2 $3" = "run --project src/KubeIdP.Server" ] || { echo "There is no such project: $*" >&2; exit 99; }
            shift 3
            [ "${1:-}" != -- ] || shift
            exec '{{IssuerProcess.DotnetHost}}' '{{IssuerProcess.ServerDll}}' "$@"
            """);
        WriteProgram("kubeidp-server", $"exec '{IssuerProcess.DotnetHost}' '{IssuerProcess.ServerDll}' \"$@\"");
        WriteProgram("kubeidp", $"exec '{CliProgram.FilePath}' \"$@\"");
        await using var cluster = await ReadersCluster.StartAsync(Issuer, port, folder, Ct);
        WriteProgram("kubectl-oidc_login", cluster.Kubelogin);
        Process? server = null;
        try
        {
            foreach (var (page, command) in Commands())
            {
                if (command == Run)
                {
                    await StopAsync(server);
                    server = await ServeAsync(command);
                    continue;
                }

                if (command == "kubectl get namespaces") await cluster.SignInAsync(InBash(AddAccount), Ct);
                var outcome = await Programs.RunAsync(InBash(command), input: null, Ct);

                // A word in capitals stands for what the reader has: that there is no such thing is the right answer.
                var expected = Placeholder().IsMatch(command) ? 1 : 0;
                Assert.True(outcome.ExitCode == expected, $"{page}: {command}\n{outcome}");
                if (command.EndsWith("clusters flags kubernetes", StringComparison.Ordinal))
                    Assert.Contains(outcome.Output.Trim(), page.Blocks(""));
            }

            // From any other folder.
            var whoami = (await Programs.RunAsync(InBash("cd / && kubectl auth whoami -o jsonpath='{.status.userInfo}'"), input: null, Ct))
                .Succeeded().Output;
            Assert.Contains("\"username\":\"carol\"", whoami, StringComparison.Ordinal);
            Assert.Contains("platform", whoami, StringComparison.Ordinal);
            var contexts = (await Programs.RunAsync(InBash("kubectl config get-contexts -o name"), input: null, Ct)).Succeeded().Output;
            Assert.Equal([ReadersCluster.AdminContext, "kubeidp-kubernetes"],
                contexts.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
            Assert.Contains(Issuer, await File.ReadAllTextAsync(folder.File("work/authentication.yaml"), Ct), StringComparison.Ordinal);

            // The first of the commands again with what a machine without a browser needs.
            var printed = (await Programs.RunAsync(InBash($"{Run} -- clusters kubeconfig kubernetes --shell bash"), input: null, Ct))
                .Succeeded().Output;
            var repeated = $"{Guide.Lines(printed.ReplaceLineEndings("\n")).First()} {string.Join(' ', WithoutBrowser)}";
            Assert.StartsWith("kubectl config set-credentials ", repeated, StringComparison.Ordinal);
            (await Programs.RunAsync(InBash(repeated), input: null, Ct)).Succeeded();
            var arguments =
                (await Programs.RunAsync(InBash("kubectl config view --raw -o jsonpath='{.users[*].user.exec.args}'"), input: null, Ct))
                    .Succeeded().Output;
            Assert.Equal(2, WithoutBrowser.Count);
            Assert.All(
                (string[])[.. WithoutBrowser.Select(argument => argument.Split('=', 2)[1]), $"--oidc-issuer-url={Issuer}"],
                argument => Assert.Equal(2, arguments.Split($"\"{argument}\"").Length));
        }
        finally
        {
            await StopAsync(server);
        }
    }

    // There kubelogin listens to nobody, and says by its own argument where the browser goes with the code.
    [Fact]
    public void Where_the_browser_ends_for_a_machine_without_one_every_cluster_accepts_by_default()
    {
        folder.Write("kubeidp.yaml", "clusters:\n  prod:\n");

        var answer = Assert.IsType<KubeIdP.Server.SettingsAnswer.Usable>(KubeIdP.Server.SettingsLoader.Load(null, folder.Path, []));
        var clusters = answer.Settings.Clusters;

        var redirect = Assert.Single(WithoutBrowser,
            argument => argument.StartsWith("--exec-arg=--oidc-redirect-url=", StringComparison.Ordinal)).Split('=', 3)[2];
        Assert.All(clusters.Values, cluster => Assert.Contains(redirect, cluster.RedirectUris));
    }

    /// <summary>By the SDK itself, which may start a program elsewhere than where it was typed.</summary>
    [Fact]
    public async Task State_is_stored_in_the_current_folder_of_the_command()
    {
        var start = new ProcessStartInfo(IssuerProcess.DotnetHost) { WorkingDirectory = folder.Path };
        foreach (var word in (string[])["run", "--no-build", "-c", Repository.Configuration, "--project",
            Repository.File("src/KubeIdP.Server"), "--", "migrate"])
            start.ArgumentList.Add(word);

        (await Programs.RunAsync(start, input: null, Ct)).Succeeded();

        Assert.True(Directory.Exists(Path.Combine(folder.Path, "data")));
    }

    [Fact]
    public void The_configuration_shown_is_one_without_unknown_keys()
    {
        var shown = Guides.OnThisMachine.SelectMany(page => page.Blocks("yaml"), (page, block) => (page, block))
            .Where(one => !OfKubernetes().IsMatch(one.block)).ToList();
        Assert.True(shown.Count >= 6, $"Only {shown.Count} configurations were found.");

        foreach (var (page, block) in shown)
        {
            folder.Write("kubeidp.yaml", block);

            var answer = KubeIdP.Server.SettingsLoader.Load(null, folder.Path, []);

            // The files that it names are not here; nothing else may be wrong.
            if (answer is KubeIdP.Server.SettingsAnswer.Unusable unusable)
                Assert.All(unusable.Faults, fault => Assert.True(IsMissingFile(fault.What), $"{page}: {fault.What}\n{block}"));
        }
    }

    [Fact]
    public void What_is_shown_as_YAML_is_YAML() =>
        Assert.All(Guides.Blocks("yaml"), block => new YamlStream().Load(new StringReader(block)));

    private static bool IsMissingFile(string fault) =>
        fault.Contains("can't be read: ", StringComparison.Ordinal)
        || fault.Contains("can't be used: Could not find file", StringComparison.Ordinal);

    /// <summary>Of all pages for this machine, but for the tests' own.</summary>
    private static IEnumerable<(Guide Page, string Command)> Commands() =>
        from page in Guides.OnThisMachine
        from command in page.Commands
        where !command.StartsWith("tests/run.sh", StringComparison.Ordinal)
        select (page, command);

    /// <summary>What the page has added to the command on a machine without a browser.</summary>
    private static List<string> WithoutBrowser { get; } =
    [
        .. from line in Guides.All.SelectMany(page => page.Text.Split('\n'))
           where line.StartsWith("On a machine without a browser", StringComparison.Ordinal)
           from Match argument in Regex.Matches(line, "`(--exec-arg=[^`]+)`")
           select argument.Groups[1].Value,
    ];

    /// <summary>Before those of this machine; what it calls by the same name is this machine's.</summary>
    private void WriteProgram(string name, string script) =>
        FileModes.Set(folder.Write($"bin/{name}", $"#!/bin/bash\nPATH=${{PATH#*:}}\n{script}\n"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute);

    private ProcessStartInfo InBash(string command)
    {
        var start = new ProcessStartInfo("bash",
            ["-o", "pipefail", "-c", command]) { WorkingDirectory = Directory.CreateDirectory(folder.File("work")).FullName };
        var keep = start.Environment.Where(variable => variable.Key.StartsWith("DOTNET_", StringComparison.Ordinal)).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in keep) start.Environment[name] = value;
        start.Environment["PATH"] = $"{folder.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = Directory.CreateDirectory(folder.File("home")).FullName;

        // The port of the pages may be taken on this machine.
        start.Environment["KUBEIDP__LISTEN__0"] = $"https://localhost:{port}";
        return start;
    }

    private async Task<Process> ServeAsync(string command)
    {
        var start = InBash($"exec {command}");
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var server = Process.Start(start)!;
        var said = new StringBuilder();
        DataReceivedEventHandler hear = (_, line) =>
        {
            lock (said) said.AppendLine(line.Data);
        };
        server.OutputDataReceived += hear;
        server.ErrorDataReceived += hear;
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        AtExit.Run($"readlink /proc/{server.Id}/cwd | grep -q '^{folder.Path}' && kill -9 {server.Id}");
        using var http =
            new HttpClient(
                new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, faults) =>
                    faults is SslPolicyErrors.RemoteCertificateChainErrors } });
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(50), Ct))
        {
            try
            {
                using var answer = await http.GetAsync($"https://localhost:{port}/.well-known/openid-configuration", Ct);
                if (answer.IsSuccessStatusCode) return server;
            }
            catch (HttpRequestException) when (!server.HasExited && since.Elapsed < TimeSpan.FromSeconds(60))
            {
                // It starts.
            }
            catch (HttpRequestException)
            {
                lock (said) throw new InvalidOperationException($"The server did not start:\n{said}");
            }
        }
    }

    private static async Task StopAsync(Process? server)
    {
        if (server is null) return;

        if (!server.HasExited)
            (await Programs.RunAsync(new ProcessStartInfo("kill", ["-TERM", $"{server.Id}"]), input: null, CancellationToken.None))
                .Succeeded();
        await server.WaitForExitAsync(CancellationToken.None);
        server.Dispose();
    }

    [GeneratedRegex(@" [A-Z]{3,}\b")]
    private static partial Regex Placeholder();

    /// <summary>An object of the Kubernetes API, or a file that has its form, and no configuration of KubeIdP.</summary>
    [GeneratedRegex(@"^(kind|apiVersion): \S", RegexOptions.Multiline)]
    private static partial Regex OfKubernetes();
}
