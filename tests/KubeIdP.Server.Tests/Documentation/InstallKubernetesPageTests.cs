using System.Diagnostics;
using System.Text.RegularExpressions;
using KubeIdP.Cli.Terminal;
using KubeIdP.Server.Tests.Deployment;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;
using k8s.Models;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>
/// Every command of the page about Kubernetes as it stands there, with the real helm and kubectl. There is no cluster: one that finds
/// nobody there has understood every word, and one that has not says so. What helm would install is rendered.
/// </summary>
public sealed class InstallKubernetesPageTests : IDisposable
{
    public const string Page = "src/docs/install-kubernetes.md";

    private const string SaysNobodyThere = "case $answer in *refused*) ;; *) echo \"$answer\" >&2; exit 1 ;; esac";

    /// <summary>What needs a container engine, a registry or another commit, which this machine does not have.</summary>
    private static readonly string[] NotHere = ["docker build ", "git -C source ", "helm push "];

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Values => Assert.Single(Guide.Blocks("yaml"), block => block.StartsWith("image:", StringComparison.Ordinal));

    private static string CopyPod => Assert.Single(Guide.Blocks("yaml"), block => block.Contains("kind: Pod", StringComparison.Ordinal));

    private static Guide Guide => Assert.Single(Guides.All, page => page.Path == Page);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Its_commands_are_understood_and_what_they_install_can_be_rendered()
    {
        Directory.CreateDirectory(folder.File("bin"));
        WriteProgram("helm", $$"""
            case $1 in
              install) exec helm "$@" --dry-run=client ;;
              get) cat installed.yaml ;;
              upgrade) shift; exec helm template "${@//--reuse-values/--values=first.yaml}" ;;
              package | template) exec helm "$@" ;;
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
        Directory.CreateDirectory(folder.File("source"));
        File.CreateSymbolicLink(folder.File("source/deploy"), Repository.File("deploy"));
        foreach (var file in (string[])["password", "domain", "domain-ca.pem", "database-ca.pem", "ca.crt", "ca.pem", "directory-password"])
            folder.Write(file, "x");
        using (var authority = new TestAuthority())
        {
            folder.Write("cert.pem", authority.Pem);
            folder.Write("key.pem", authority.PrivateKeyPem);
        }

        folder.Write("first.yaml", "{ config: { issuer: https://idp.example.com }, masterKey: { secret: a }, database: { secret: b } }");
        folder.Write("installed.yaml", Values);
        folder.Write("copy.yaml", CopyPod);
        var commands = Guide.Commands.ToList();
        Assert.True(commands.Count > 12, $"Only {commands.Count} commands were found.");

        foreach (var command in commands.Where(command => !NotHere.Any(one => command.StartsWith(one, StringComparison.Ordinal))))
        {
            var outcome = await Programs.RunAsync(InBash(command), input: null, Ct);
            Assert.True(outcome.ExitCode == 0, $"{command}\n{outcome}");
            if (command.Contains("config.proxies=", StringComparison.Ordinal)) AssertOnlyTheProxyComesIn(new Rendered(outcome.Output));
        }

        Assert.True(File.Exists(folder.File("kubeidp-0.1.0.tgz")));
        Assert.All(NotHere, one => Assert.Contains(commands, command => command.StartsWith(one, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_values_shown_are_a_configuration_that_this_server_takes()
    {
        var rendered = await Rendered.HelmAsync("--values", folder.Write("values.yaml", Values));

        rendered.AssertRestricted();
        AssertOnlyTheProxyComesIn(rendered);
        Assert.Equal("https://idp.example.com", rendered.Load(folder).Issuer);

        // What they name is made on this page.
        var secrets = rendered.Pods.SelectMany(pod => pod.Spec.Volumes).Select(volume => volume.Secret?.SecretName).OfType<string>();
        Assert.All(secrets.Distinct(), secret => Assert.Contains(Guide.Commands,
            command => command.StartsWith($"kubectl -n kubeidp create secret generic {secret} ", StringComparison.Ordinal)));
    }

    /// <summary>
    /// The Job that has migrated is not run again, so it goes before the database is filled, and a Job for this one command migrates
    /// what may be an older schema, without which sessions can't be ended.
    /// </summary>
    [Fact]
    public void A_restored_database_is_migrated_before_its_sessions_are_ended_and_servers_start()
    {
        var text = Guide.Text[Guide.Text.IndexOf("### PostgreSQL", StringComparison.Ordinal)..];
        text = text[..text.IndexOf("### SQLite", StringComparison.Ordinal)];
        var places = ((string[])["--set replicas=0", "delete job -l app.kubernetes.io/instance=kubeidp,app.kubernetes.io/component=migrate",
            "RENAME TO kubeidp_before", "createdb ", "pg_restore --single-transaction --exit-on-error", "'command={migrate}'",
            "'command={sessions,revoke,", "rollout status deploy/kubeidp"]).Select(step => text.IndexOf(step, StringComparison.Ordinal));

        Assert.All(places, place => Assert.NotEqual(-1, place));
        Assert.Equal(places.Order(), places);
    }

    /// <summary>Pasted as a whole, a block ends where something fails, and what starts the servers is in another one.</summary>
    [Fact]
    public async Task Nothing_follows_a_command_in_a_Job_that_has_failed()
    {
        Directory.CreateDirectory(folder.File("bin"));
        WriteProgram("helm", "echo helm \"$@\" >> calls");
        WriteProgram("kubectl", """
            echo kubectl "$@" >> calls
            case $* in *--for=condition=complete* | *pg_restore*) exit 1 ;; esac
            """);
        folder.Write("kubeidp.dump", "");
        var blocks = Guide.Blocks("sh").Where(block => Regex.IsMatch(block, "job/kubeidp-command|pg_restore")).ToList();
        Assert.Equal(5, blocks.Count);

        foreach (var block in blocks)
        {
            folder.Write("calls", "");
            Assert.NotEqual(0, (await Programs.RunAsync(InBash(block), input: null, Ct)).ExitCode);
            var last = (await File.ReadAllLinesAsync(folder.File("calls"), Ct))[^1];
            Assert.Matches("--for=condition=complete|pg_restore", last);
        }
    }

    [Fact]
    public void What_holds_secrets_is_written_for_nobody_else_to_read() =>
        Assert.All(
            Guide.Commands.Where(command =>
                Regex.IsMatch(command, @"> (password|master\.key|\S+\.(dump|db))\b|\bcp kubeidp-copy:")),
            command => Assert.StartsWith("(umask 077; ", command, StringComparison.Ordinal));

    [Fact]
    public async Task The_pod_that_copies_a_backup_has_the_volume_and_the_account_of_the_server()
    {
        var copy = new Rendered(CopyPod);
        copy.AssertRestricted();
        var server = await Rendered.HelmAsync("--values", Path.Combine(Rendered.Chart, "ci/04-sqlite-values.yaml"));

        Assert.Equal(ClaimOf(server.Pods[0].Spec), ClaimOf(Assert.Single(copy.Pods).Spec));

        static string ClaimOf(V1PodSpec pod) =>
            Assert.Single(pod.Volumes, volume => volume.PersistentVolumeClaim is not null).PersistentVolumeClaim.ClaimName;
    }

    /// <summary>What the rendered Jobs run does what the page says, on the database of a server that is stopped.</summary>
    [Fact]
    public async Task The_commands_that_it_runs_in_a_Job_restore_a_backup_and_end_the_sessions()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var tokens = (await kubectl.LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct), Ct)).Succeeded();
        var words = Regex.Matches(Guide.Text, "--set 'command=(\\{[^']+\\})'").Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(3, words.Count);
        var commands = new List<IList<string>>();
        foreach (var word in words) commands.Add((await JobAsync(word)).Containers[0].Args);
        var restore = Assert.Single(commands, command => command[0] == "restore");
        var backup = folder.File(Path.GetFileName(restore[1]));
        (await issuer.RunAsync(["backup", backup], ct: Ct)).Succeeded();

        var whileItRuns = await RunAsync(restore);
        await issuer.StopAsync(Ct);
        foreach (var command in commands.Except([restore])) (await RunAsync(command)).Succeeded();
        var restored = (await RunAsync(restore)).Succeeded();
        await issuer.StartAsync(Ct);

        Assert.NotEqual(0, whileItRuns.ExitCode);
        Assert.Contains("is restored to its state at", restored.Output, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", (await kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).Error);

        Task<Outcome> RunAsync(IList<string> command) =>
            issuer.RunAsync([.. command.Select(word => word == restore[1] ? backup : word)], ct: Ct);

        async Task<V1PodSpec> JobAsync(string command) =>
            Assert.Single((await Rendered.HelmAsync("--values", Path.Combine(Rendered.Chart, "ci/04-sqlite-values.yaml"),
                "--show-only", "templates/command.yaml", "--set", $"command={command}")).Pods).Spec;
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

    /// <summary>Whose word about addresses counts is not everybody who can open a connection.</summary>
    private static void AssertOnlyTheProxyComesIn(Rendered rendered)
    {
        var from = Assert.Single(rendered.Objects.OfType<V1NetworkPolicy>()).Spec.Ingress[0].FromProperty;
        Assert.Equal("traefik", Assert.Single(from).NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]);
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
