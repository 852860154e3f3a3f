using System.Runtime.InteropServices;

namespace KubeIdP.Cli.Terminal;

/// <summary>
/// Handles Ctrl-C and SIGTERM while a command runs. The command is cancelled and gets a grace period; then the process ends without waiting
/// for it, because some calls can't be cancelled: a read from a terminal, or a statement in SQLite.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource asked = new();
    private readonly TaskCompletionSource<int> signalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> registrations;

    public Interruption() =>
        registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            .Select(signal => PosixSignalRegistration.Create(signal, Signalled))];

    /// <summary>The exit status after a signal, as shells have it: 128 plus the number of the signal; null without a signal.</summary>
    public int? ExitCode => signalled.Task.IsCompleted ? signalled.Task.Result : null;

    /// <summary>The exit status of a command, or that of the signal when the command did not end in time.</summary>
    /// <param name="command">Runs on another thread, because it may block in a call that can't be cancelled.</param>
    /// <param name="grace">How long the command may take after the signal.</param>
    public async Task<int> RunAsync(Func<CancellationToken, Task<int>> command, TimeSpan grace)
    {
        var running = Task.Run(() => command(asked.Token));
        if (await Task.WhenAny(running, signalled.Task) == running) return await running;

        return await Task.WhenAny(running, Task.Delay(grace, TimeProvider.System)) == running ? await running : await signalled.Task;
    }

    public void Dispose()
    {
        registrations.ForEach(registration => registration.Dispose());
        asked.Dispose();
    }

    private void Signalled(PosixSignalContext signal)
    {
        // The runtime would end the process at once.
        signal.Cancel = true;
        if (signalled.TrySetResult(signal.Signal is PosixSignal.SIGINT ? 130 : 143)) _ = asked.CancelAsync();
    }
}
