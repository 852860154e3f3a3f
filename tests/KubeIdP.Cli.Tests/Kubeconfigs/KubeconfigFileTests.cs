using KubeIdP.Cli.Kubeconfigs;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clusters;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Kubeconfigs;

/// <summary>What happens on the disk when clusters are merged into a kubeconfig.</summary>
public sealed class KubeconfigFileTests : IDisposable
{
    private const string Before = "# mine\nkind: Config\nclusters: []\ncurrent-context: mine\n";

    private static readonly string Added = Kubeconfig.Of("https://idp.example.com", null,
        [new("prod", "https://api.example.com", null, null, ExecPlugin.Kubelogin)]);

    private readonly TemporaryFolder folder = new();

    private string Config => folder.File("config");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void After_a_crash_at_any_step_the_file_is_the_old_one_or_the_new_one()
    {
        folder.Write("config", Before);
        List<(string Step, string Text, bool HasBackup)> seen = [];
        var file = new KubeconfigFile(Config, TimeProvider.System)
        {
            AfterStep = step => seen.Add((step, File.ReadAllText(Config), Backups().Any(backup => File.ReadAllText(backup) == Before))),
        };

        file.Merge(Added, use: false);

        var after = File.ReadAllText(Config);
        Assert.Equal([("locked", Before, false), ("backed up", Before, true), ("written", Before, true), ("replaced", after, true)], seen);
        Assert.Contains("kubeidp-prod", after, StringComparison.Ordinal);
        Assert.Equal(["config", Path.GetFileName(Backups().Single())], Names());
    }

    [Theory]
    [InlineData("backed up")]
    [InlineData("written")]
    public void An_error_on_the_way_leaves_the_file_and_neither_lock_nor_remains(string at)
    {
        folder.Write("config", Before);
        var file = new KubeconfigFile(Config, TimeProvider.System)
        {
            AfterStep = step =>
            {
                if (step == at) throw new IOException("No space left on device.");
            },
        };

        Assert.Throws<IOException>(() => file.Merge(Added, use: false));

        Assert.Equal(Before, File.ReadAllText(Config));
        Assert.Equal(["config", Path.GetFileName(Backups().Single())], Names());
    }

    [Fact]
    public void The_second_time_writes_nothing_and_makes_no_further_copy()
    {
        folder.Write("config", Before);
        Merge();
        var written = File.GetLastWriteTimeUtc(Config);

        var (answer, backup) = Merge();

        Assert.IsType<MergedKubeconfig.Unchanged>(answer);
        Assert.Null(backup);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Config));
        Assert.Single(Backups());
    }

    [Fact]
    public void Each_change_has_a_copy_of_its_own_also_within_a_second()
    {
        foreach (var text in (string[])[Before, $"{Before}users: []\n"])
        {
            folder.Write("config", text);
            Assert.Equal(text, File.ReadAllText(Merge().Backup!));
        }

        Assert.Equal(2, Backups().Count);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead, UnixFileMode.UserRead)]
    public void The_mode_is_never_widened(UnixFileMode before, UnixFileMode after)
    {
        folder.Write("config", Before);
        FileModes.Set(Config, before);

        var (_, backup) = Merge();

        Assert.Equal((after, after), (FileModes.Of(Config), FileModes.Of(backup!)));
    }

    [Fact]
    public void A_new_file_and_its_folder_are_its_owners_alone()
    {
        var file = folder.File("home/.kube/config");

        var (_, backup) = new KubeconfigFile(file, TimeProvider.System).Merge(Added, use: false);

        Assert.Null(backup);
        Assert.Equal(FileModes.OwnerOnly, FileModes.Of(file));
        Assert.Equal(FileModes.OwnerOnly | UnixFileMode.UserExecute, FileModes.Of(folder.File("home/.kube")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_stays_a_link_and_its_target_is_changed(bool exists)
    {
        Directory.CreateDirectory(folder.File("dotfiles"));
        var target = folder.File("dotfiles/kubeconfig");
        if (exists) File.WriteAllText(target, Before);
        File.CreateSymbolicLink(Config, "dotfiles/kubeconfig");

        var (_, backup) = Merge();

        Assert.Equal("dotfiles/kubeconfig", new FileInfo(Config).LinkTarget);
        Assert.Contains("kubeidp-prod", File.ReadAllText(target), StringComparison.Ordinal);
        Assert.Null(new FileInfo(target).LinkTarget);
        if (exists) Assert.Equal(Path.GetDirectoryName(target), Path.GetDirectoryName(backup));
    }

    [Theory]
    [InlineData("issuer: https://idp.example.com\n")]
    [InlineData("kind: Config\nclusters: [unfinished")]
    [InlineData("kind: Config\nx: &x [*x]\n")]
    public void What_is_no_kubeconfig_stays_byte_for_byte(string text)
    {
        folder.Write("config", text);

        var (answer, _) = Merge();

        Assert.IsType<MergedKubeconfig.Refused>(answer);
        Assert.Equal(text, File.ReadAllText(Config));
        Assert.Equal(["config"], Names());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pipe_is_refused_and_not_waited_for(bool merge)
    {
        var pipe = folder.File("pipe");
        (await Programs.RunAsync(new System.Diagnostics.ProcessStartInfo("mkfifo", [pipe]), input: null,
            TestContext.Current.CancellationToken)).Succeeded();
        File.CreateSymbolicLink(Config, "pipe");
        var file = new KubeconfigFile(Config, TimeProvider.System);

        var tried = Task.Run(() => Assert.Throws<IOException>(() =>
        {
            if (merge) file.Merge(Added, use: false);
            else file.Write(Added, replace: true);
        }), TestContext.Current.CancellationToken);
        var fault = await tried.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal("It is not a regular file.", fault.Message);
        Assert.Equal(["config", "pipe"], Names());
    }

    [Fact]
    public void What_changed_before_the_lock_was_taken_is_not_lost()
    {
        folder.Write("config", Before);
        var file = new KubeconfigFile(Config, TimeProvider.System)
        {
            AfterStep = step =>
            {
                if (step == "locked") folder.Write("config", $"{Before}theirs: kept\n");
            },
        };

        file.Merge(Added, use: false);

        Assert.Contains("theirs: kept\n", File.ReadAllText(Config), StringComparison.Ordinal);
    }

    // As with sudo, which would take the file away from its owner.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_file_of_another_account_stays_theirs(bool merge)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can make a file of another account.");
        folder.Write("config", Before);
        (await Programs.RunAsync(new System.Diagnostics.ProcessStartInfo("chown", ["1234:1234", Config]), input: null,
            TestContext.Current.CancellationToken)).Succeeded();
        var file = new KubeconfigFile(Config, TimeProvider.System);

        var fault = Assert.Throws<IOException>(() =>
        {
            if (merge) file.Merge(Added, use: false);
            else file.Write(Added, replace: true);
        });

        Assert.Equal("The file belongs to another account (user id 1234; this one is 0). Run the command as that account.", fault.Message);
        Assert.Equal(Before, await File.ReadAllTextAsync(Config, TestContext.Current.CancellationToken));
        Assert.Equal(["config"], Names());
    }

    [Fact]
    public void What_is_not_UTF8_stays_byte_for_byte()
    {
        byte[] bytes = [.. "kind: Config # caf"u8, 0xE9, (byte)'\n'];
        File.WriteAllBytes(Config, bytes);

        Assert.Throws<IOException>(() => Merge());

        Assert.Equal(bytes, File.ReadAllBytes(Config));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lock_that_kubectl_left_behind_is_named_and_kept(bool atTarget)
    {
        folder.Write("real", Before);
        File.CreateSymbolicLink(Config, "real");
        var left = folder.Write(atTarget ? "real.lock" : "config.lock", "");

        var fault = Assert.Throws<IOException>(() => Merge());

        Assert.Contains($"remove {left}", fault.Message, StringComparison.Ordinal);
        Assert.Equal(Before, File.ReadAllText(Config));
        Assert.Equal(new[] { "config", "real", Path.GetFileName(left) }.Order(StringComparer.Ordinal), Names());
    }

    [Fact]
    public async Task A_lock_that_goes_away_is_waited_for()
    {
        folder.Write("config", Before);
        var left = folder.Write("config.lock", "");

        var merging = Task.Run(Merge, TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        Assert.Equal(Before, await File.ReadAllTextAsync(Config, TestContext.Current.CancellationToken));
        File.Delete(left);

        Assert.IsType<MergedKubeconfig.Changed>((await merging).Answer);
    }

    // kubectl itself locks in the same way: no change of either side is lost.
    [Fact]
    public async Task Beside_kubectl_none_of_its_changes_is_lost()
    {
        folder.Write("config", Before);
        var ct = TestContext.Current.CancellationToken;
        var kubectl = Task.Run(async () =>
        {
            for (var i = 0; i < 15; i++)
            {
                // kubectl does not wait for the lock.
                var start = new System.Diagnostics.ProcessStartInfo("kubectl",
                    ["config", "set-cluster", $"theirs-{i}", "--server=https://x"]);
                start.Environment["KUBECONFIG"] = Config;
                while ((await Programs.RunAsync(start, input: null, ct)).ExitCode != 0) await Task.Delay(5, ct);
            }
        }, ct);
        for (var i = 0; i < 15; i++)
        {
            var added = Kubeconfig.Of("https://idp.example.com", null, [new($"c{i}", "https://api.example.com", null, null,
                ExecPlugin.Kubelogin)]);
            Assert.IsType<MergedKubeconfig.Changed>(new KubeconfigFile(Config, TimeProvider.System).Merge(added, use: false).Answer);
            await Task.Delay(10, ct);
        }

        await kubectl;

        var text = await File.ReadAllTextAsync(Config, ct);
        Assert.All(Enumerable.Range(0, 15), i => Assert.Contains($"theirs-{i}\n", text, StringComparison.Ordinal));

        // Not all of ours: kubectl reads the file before it takes the lock, and removes what was added meanwhile, as beside another one.
    }

    private (MergedKubeconfig Answer, string? Backup) Merge() => new KubeconfigFile(Config, TimeProvider.System).Merge(Added, use: false);

    private List<string> Backups() => [.. Directory.GetFiles(folder.Path, "config.kubeidp-*")];

    private List<string> Names() => [.. Directory.GetFileSystemEntries(folder.Path).Select(one => Path.GetFileName(one)!)
        .Order(StringComparer.Ordinal)];
}
