using System.Runtime.InteropServices;

namespace KubeIdP.Cli.Terminal;

/// <summary>
/// Handles Ctrl-C and SIGTERM while a command runs. The command is cancelled and gets a grace period; then the process ends without waiting
/// for it, because some calls can't be cancelled: a read from a terminal, or a statement in SQLite. The command runs on the thread that
/// calls it: another would cost kubectl's plugin more than what it does.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource asked = new();
    private readonly CancellationTokenSource done = new();
    private readonly TimeSpan grace;
    private readonly List<PosixSignalRegistration> registrations;
    private int exitCode;

    /// <param name="grace">How long the command may take after the signal.</param>
    public Interruption(TimeSpan grace)
    {
        this.grace = grace;
        registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            .Select(signal => PosixSignalRegistration.Create(signal, Signalled))];
    }

    /// <summary>Cancelled by a signal.</summary>
    public CancellationToken Asked => asked.Token;

    /// <summary>The exit status after a signal, as shells have it: 128 plus the number of the signal; null without a signal.</summary>
    public int? ExitCode => exitCode == 0 ? null : exitCode;

    /// <summary>The command has ended.</summary>
    public void Dispose()
    {
        registrations.ForEach(registration => registration.Dispose());
        done.Cancel();
        done.Dispose();
        asked.Dispose();
    }

    private void Signalled(PosixSignalContext signal)
    {
        // The runtime would end the process at once.
        signal.Cancel = true;
        if (Interlocked.CompareExchange(ref exitCode, signal.Signal is PosixSignal.SIGINT ? 130 : 143, 0) == 0) _ = EndAsync();
    }

    private async Task EndAsync()
    {
        try
        {
            _ = asked.CancelAsync();
            await Task.Delay(grace, TimeProvider.System, done.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
        {
            // The command has ended by itself.
            return;
        }

        Environment.Exit(exitCode);
    }
}
