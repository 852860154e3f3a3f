using System.Diagnostics;
using System.Globalization;

namespace KubeIdP.Testing.Processes;

/// <summary>
/// A Debian that systemd has booted in a container, with a network of its own. All that is written in it is gone with it. It needs root, or
/// sudo: systemd-nspawn mounts file systems.
/// </summary>
internal sealed class DebianMachine : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    /// <summary>The file system of a Debian, made by tests/run.sh, which has the same name.</summary>
    public static readonly string Root = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "kubeidp-tests", "debian-bookworm-1");

    // In a control group of its own: two machines in the same one would end each other's services.
    private const string Boot = """
        for tree in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
          [ -e "$tree/cgroup.procs" ] && mkdir "$tree/$0" && echo $$ >"$tree/$0/cgroup.procs"
        done
        exec systemd-nspawn --quiet --machine "$0" --volatile=overlay --boot --register=no --keep-unit --console=pipe --private-network "$@"
        """;

    private readonly string name = $"kubeidp-{Guid.NewGuid().ToString("N")[..12]}";
    private readonly Process container;
    private string init = "";

    private DebianMachine(IReadOnlyList<string> binds)
    {
        if (!Directory.Exists(Root))
            throw new InvalidOperationException($"{Root} is missing. Run tests/run.sh, which installs what the tests need.");

        Programs.Required("/usr/bin/systemd-nspawn");
        container = Process.Start(Start(
            ["sh", "-c", Boot, name, "--directory", Root, .. binds.Select(bind => $"--bind-ro={bind}")], redirect: true))!;
        container.StandardInput.Close();
        container.OutputDataReceived += (_, _) => { };
        container.ErrorDataReceived += (_, _) => { };
        container.BeginOutputReadLine();
        container.BeginErrorReadLine();
        AtExit.Run(
            $"grep -q {name} /proc/{container.Id}/cmdline && kill -9 {container.Id}; sleep 0.2; "
            + $"find /sys/fs/cgroup -depth -type d -path '*/{name}*' -exec rmdir {{}} +");
    }

    /// <param name="ct">Leaves nothing running.</param>
    /// <param name="binds">Folders of this machine that it can read, each <c>HERE:THERE</c>.</param>
    public static async Task<DebianMachine> StartAsync(CancellationToken ct, params IReadOnlyList<string> binds)
    {
        var machine = new DebianMachine(binds);
        try
        {
            await machine.WaitAsync(ct);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a line of bash as root, in root's home.</summary>
    public Task<Outcome> RunAsync(string line, CancellationToken ct, string? input = null) => Programs.RunAsync(
        Start(["nsenter", "-t", init, "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "env", "-i",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "DEBIAN_FRONTEND=noninteractive", "bash",
            "-o", "pipefail", "-c", $"cd && {line}"]), input, ct);

    /// <summary>Runs curl of this machine in the network of the other.</summary>
    public Task<Outcome> CurlAsync(CancellationToken ct, params string[] words) =>
        Programs.RunAsync(Start(["nsenter", "-t", init, "-n", "curl", "--silent", "--show-error", "--max-time", "20", .. words]), null, ct);

    public async ValueTask DisposeAsync()
    {
        // The first process of a container takes all others with it.
        if (init.Length > 0 && !container.HasExited)
            await Programs.RunAsync(Start(["kill", "-9", init]), null, CancellationToken.None);
        else if (!container.HasExited) container.Kill(entireProcessTree: true);
        await container.WaitForExitAsync();
        container.Dispose();
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        var since = Stopwatch.StartNew();
        for (string? found = null; found is null; found = InitBelow(container.Id))
        {
            if (container.HasExited || since.Elapsed > StartLimit)
                throw new InvalidOperationException($"systemd-nspawn did not boot {Root}.");
            await Task.Delay(50, ct);
        }

        init = InitBelow(container.Id)!;
        for (Outcome? state = null; state is not { ExitCode: 0 }; state = await RunAsync("systemctl is-system-running --wait", ct))
        {
            if (container.HasExited || since.Elapsed > StartLimit)
                throw new InvalidOperationException($"The system did not start: {state}");
            if (state is not null) await Task.Delay(100, ct);
        }
    }

    /// <summary>
    /// The first process in the container: a descendant of the one that was started, which is sudo for those who are not root.
    /// </summary>
    private static string? InitBelow(int process)
    {
        try
        {
            var children = File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return children.Select(child => File.ReadAllText($"/proc/{child}/comm").Trim() == "systemd"
                ? child : InitBelow(int.Parse(child, CultureInfo.InvariantCulture))).FirstOrDefault(found => found is not null);
        }
        catch (IOException)
        {
            // It has ended at this moment.
            return null;
        }
    }

    private static ProcessStartInfo Start(IReadOnlyList<string> words, bool redirect = false)
    {
        IReadOnlyList<string> line = Environment.IsPrivilegedProcess ? words : ["sudo", "-n", .. words];
        return new ProcessStartInfo(line[0], line.Skip(1))
        {
            RedirectStandardInput = redirect, RedirectStandardOutput = redirect, RedirectStandardError = redirect,
        };
    }
}
