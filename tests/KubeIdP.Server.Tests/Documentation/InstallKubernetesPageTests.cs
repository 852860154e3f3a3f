using System.Diagnostics;
using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Deployment;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>
/// Every command of the page about Kubernetes as it stands there, with the real helm and kubectl. There is no cluster: one that finds
/// nobody there has understood every word, and one that has not says so. What helm would install is rendered.
/// </summary>
public sealed class InstallKubernetesPageTests : IDisposable
{
    public const string Page = "src/docs/install-kubernetes.md";

    private const string SaysNobodyThere = "case $answer in *refused*) ;; *) echo \"$answer\" >&2; exit 1 ;; esac";

    /// <summary>What needs a container engine or a registry, which this machine does not have.</summary>
    private static readonly string[] NotHere = ["docker build ", "docker push ", "helm push "];

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Guide Guide => Assert.Single(Guides.All, page => page.Path == Page);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Its_commands_are_understood_and_what_they_install_can_be_rendered()
    {
        Directory.CreateDirectory(folder.File("bin"));
        WriteProgram("helm", $$"""
            case $1 in
              install) exec helm "$@" --dry-run=client ;;
              upgrade) shift; exec helm template "$@" ;;
              package) exec helm "$@" ;;
            esac
            answer=$(helm "$@" 2>&1) && exit
            {{SaysNobodyThere}}
            """);
        WriteProgram("kubectl", $$"""
            answer=$(kubectl "$@" 2>&1) && exit
            {{SaysNobodyThere}}
            """);
        folder.Write("kubeconfig", $$"""
            apiVersion: v1
            kind: Config
            clusters: [{ name: none, cluster: { server: "https://127.0.0.1:{{Ports.Free()}}" } }]
            users: [{ name: none, user: { token: none } }]
            contexts: [{ name: none, context: { cluster: none, user: none } }]
            current-context: none
            """);
        File.CreateSymbolicLink(folder.File("deploy"), Repository.File("deploy"));
        foreach (var file in (string[])["password", "domain", "domain-ca.pem", "database-ca.pem"]) folder.Write(file, "x");
        folder.Write("values.yaml", Assert.Single(Guide.Blocks("yaml")));
        var commands = Guide.Commands.ToList();
        Assert.True(commands.Count > 12, $"Only {commands.Count} commands were found.");

        foreach (var command in commands.Where(command => !NotHere.Any(one => command.StartsWith(one, StringComparison.Ordinal))))
        {
            var outcome = await Programs.RunAsync(InBash(command), input: null, Ct);
            Assert.True(outcome.ExitCode == 0, $"{command}\n{outcome}");
        }

        Assert.True(File.Exists(folder.File("kubeidp-0.1.0.tgz")));
        Assert.All(NotHere, one => Assert.Contains(commands, command => command.StartsWith(one, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_values_shown_are_a_configuration_that_this_server_takes()
    {
        var rendered = await Rendered.HelmAsync("--values", folder.Write("values.yaml", Assert.Single(Guide.Blocks("yaml"))));

        rendered.AssertRestricted();
        Assert.Equal("https://idp.example.com", rendered.Load(folder).Issuer);
    }

    [Fact]
    public void Each_value_that_it_names_exists()
    {
        var keys = ChartTests.DocumentedKeys;
        var named = Regex.Matches(Guide.Text, @"[`\[]([a-z][A-Za-z]*(?:\.[A-Za-z]+)+)[=`:]").Select(match => match.Groups[1].Value)
            .Where(name => keys.Contains(name.Split('.')[0]) && name.Split('.')[0] is not ("config" or "secrets")).ToList();

        Assert.True(named.Count > 10, $"Only {named.Count} were found.");
        Assert.All(named, name => Assert.Contains(name, keys));
    }

    private void WriteProgram(string name, string script) =>
        FileModes.Set(folder.Write($"bin/{name}", $"#!/bin/bash\nPATH=${{PATH#*:}}\n{script}\n"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute);

    private ProcessStartInfo InBash(string command)
    {
        var start = new ProcessStartInfo("setsid", ["--wait", "bash", "-o", "pipefail", "-c", command]) { WorkingDirectory = folder.Path };
        start.Environment["PATH"] = $"{folder.File("bin")}:{start.Environment["PATH"]}";
        start.Environment["HOME"] = folder.Path;
        start.Environment["KUBECONFIG"] = folder.File("kubeconfig");
        return start;
    }
}
