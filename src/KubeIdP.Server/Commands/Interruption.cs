using System.Runtime.InteropServices;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Ctrl-C and SIGTERM while a verb runs. It is asked to end and gets some time for what it is in the middle of; then the process ends without it, which some calls
/// need: nothing takes a read from a terminal back, or a statement from SQLite.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource asked = new();
    private readonly TaskCompletionSource<int> signalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> registrations;

    public Interruption() => registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM]).Select(signal => PosixSignalRegistration.Create(signal, Signalled))];

    /// <summary>What a shell makes of the signal that came, 128 and its number; null: none has come.</summary>
    public int? ExitCode => signalled.Task.IsCompleted ? signalled.Task.Result : null;

    /// <summary>The exit status of a verb, or of the signal that came when it did not end in time.</summary>
    /// <param name="verb">On a thread of its own, for it may stand still where nothing can be asked of it.</param>
    /// <param name="grace">How long it may take from the signal on.</param>
    public async Task<int> RunAsync(Func<CancellationToken, Task<int>> verb, TimeSpan grace)
    {
        var running = Task.Run(() => verb(asked.Token));
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
