using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace KubeIdP.Testing.Processes;

/// <summary>A server program in the foreground, with what it says in a file. It can be stopped, frozen and started again.</summary>
/// <param name="folder">Its working directory, by which the shell of <see cref="AtExit"/> knows it again.</param>
internal sealed class Daemon(string folder, string program, IReadOnlyList<string> words, string host, IReadOnlyList<int> ports)
    : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private Process? process;

    public string LogFile { get; } = $"{folder}/{Path.GetFileName(program)}.log";

    public async Task StartAsync(CancellationToken ct)
    {
        // Through a shell, so that what it says goes to a file: a pipe that nobody empties would stop it.
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", $"exec \"$0\" \"$@\" >>{LogFile} 2>&1", program, .. words]) { WorkingDirectory = folder };
        process = Process.Start(start)!;
        AtExit.Run($"readlink /proc/{process.Id}/cwd | grep -q '^{folder}' && kill -9 {process.Id}");

        for (var since = Stopwatch.StartNew(); !await IsListeningAsync(ct); await Task.Delay(50, ct))
        {
            if (process.HasExited || since.Elapsed > StartLimit)
                throw new InvalidOperationException($"{program} did not start.\n{string.Join('\n', File.ReadLines(LogFile).TakeLast(20))}");
        }
    }

    /// <summary>Ends it as a crash would: connections break.</summary>
    public async Task StopAsync()
    {
        if (process is null) return;

        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>From now on it neither answers nor closes anything, as a machine that hangs.</summary>
    public Task PauseAsync(CancellationToken ct) => SignalAsync("STOP", ct);

    public Task ResumeAsync(CancellationToken ct) => SignalAsync("CONT", ct);

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task SignalAsync(string signal, CancellationToken ct) =>
        (await Programs.RunAsync(new ProcessStartInfo("kill", [$"-{signal}", process!.Id.ToString(CultureInfo.InvariantCulture)]),
            input: null, ct)).Succeeded();

    private async Task<bool> IsListeningAsync(CancellationToken ct)
    {
        try
        {
            foreach (var port in ports)
            {
                using var client = new TcpClient();
                await client.ConnectAsync(host, port, ct);
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
