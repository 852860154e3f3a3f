using System.Diagnostics;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>Who can read what the program writes: its owner, in whatever folder and with whatever umask it was started.</summary>
public sealed class PrivateFilesTests
{
    private const UnixFileMode Everybody = (UnixFileMode)0b_111_111_111;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_file_that_is_written_is_its_owners_alone()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\naudit: {{ jsonLines: audit.jsonl }}\n",
            fresh: true)
        {
            Program = _ => ["/bin/bash", "-c", "umask 0; exec \"$@\"", "bash", IssuerProcess.DotnetHost, IssuerProcess.ServerDll],
        };
        Directory.CreateDirectory(issuer.DataDirectory);
        FileModes.Set(issuer.DataDirectory, Everybody);
        FileModes.Set(Path.Combine(issuer.Folder, "kubeidp.yaml"), FileModes.OwnerOnly);

        await issuer.StartAsync(Ct);
        string In(string name) => Path.Combine(issuer.Folder, name);
        foreach (var outcome in await Task.WhenAll(((string[][])
        [
            ["people", "add", "alice", "--invite", "--file", In("invitation")], ["backup", In("backup.db")],
            ["audit", "export", "--file", In("export")],
            ["clusters", "token-review", "kubernetes", "--kubeconfig", In("webhook.yaml")],
        ]).Select(words => issuer.RunAsync(words, ct: Ct))))
            outcome.Succeeded();
        for (var since = Stopwatch.StartNew(); !File.Exists(In("audit.jsonl")); await Task.Delay(20, Ct))
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), issuer.Log);

        var files = Directory.GetFiles(issuer.Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(issuer.Folder, file)).ToList();
        Assert.Superset(
            new HashSet<string> { "data/kubeidp.db", "data/kubeidp.db-wal", "data/kubeidp.db-shm", "data/master.key", "data/tls/ca.key",
                "data/setup-link", "backup.db", "webhook.yaml" }, files.ToHashSet());
        Assert.Equal(["data/tls/ca.crt"], files.Where(file => FileModes.Of(In(file)) != FileModes.OwnerOnly));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, FileModes.Of(In("data/tls")));

        // As an earlier version, or a copy, has left it: what SQLite makes beside it has its mode.
        await issuer.StopAsync(Ct);
        FileModes.Set(In("data/kubeidp.db"), (UnixFileMode)0b_110_100_100);
        Assert.Contains($"Other accounts can read or change {In("data/kubeidp.db")}.",
            (await issuer.RunAsync(["check"], ct: Ct)).Succeeded().Output, StringComparison.Ordinal);
        await issuer.StartAsync(Ct);
        Assert.All(Directory.GetFiles(issuer.DataDirectory, "kubeidp.db*"), file => Assert.Equal(FileModes.OwnerOnly, FileModes.Of(file)));
    }

    // Every file that any command writes, where it can't be written.
    [Fact]
    public async Task What_can_not_be_written_is_named_and_nobody_looks_for_the_database()
    {
        await using var issuer =
            new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\ndataDirectory: /tmp/kubeidp-of-nobody/data\n")
        {
            // As in a pod that has a file system without a temporary folder, and without a place to make one.
            Program = own =>
                [Programs.Required("/usr/bin/bwrap"), "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--ro-bind", own.Folder,
                    own.Folder, IssuerProcess.DotnetHost, IssuerProcess.ServerDll],
        };
        string[][] commands =
        [
            ["migrate"], ["serve"], ["setup-link"], ["people", "add", "alice", "--invite"], ["clusters", "flags", "kubernetes"],
            ["clients", "secret", "--file", "/tmp/kubeidp-of-nobody/secret"], ["backup", "/tmp/kubeidp-of-nobody/backup.db"],
            ["restore", "/tmp/kubeidp-of-nobody/backup.db"],
        ];

        await Task.WhenAll(commands.Select(async words =>
        {
            var outcome = await issuer.RunAsync(words, ct: Ct);

            var said = $"{string.Join(' ', words)}: {outcome}";
            Assert.True(outcome.ExitCode is 1 or 2 && outcome.Error.Contains("/tmp/kubeidp-of-nobody", StringComparison.Ordinal), said);
            Assert.DoesNotContain("database does not answer", said, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        }));
    }
}
