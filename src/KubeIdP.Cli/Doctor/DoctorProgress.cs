namespace KubeIdP.Cli.Doctor;

/// <summary>Tells a person at a terminal what is still waited for. It writes nothing where nobody looks, or where all is quick.</summary>
internal sealed class DoctorProgress : IDisposable
{
    private const string Begin = "\r\u001b[K";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly List<string> waiting = [];
    private readonly TextWriter? terminal;
    private readonly ITimer? timer;
    private bool isWritten;

    /// <param name="terminal">Null if nobody looks.</param>
    public DoctorProgress(TextWriter? terminal, TimeProvider clock)
    {
        this.terminal = terminal;
        timer = terminal is null ? null : clock.CreateTimer(_ => Write(), null, Silence, Silence / 2);
    }

    /// <summary>The same task; it is named while it runs.</summary>
    public Task<T> Watch<T>(string name, Task<T> task)
    {
        if (terminal is null) return task;

        lock (gate) waiting.Add(name);
        _ = task.ContinueWith(_ =>
        {
            lock (gate) waiting.Remove(name);
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    public void Dispose()
    {
        timer?.Dispose();
        lock (gate)
        {
            if (isWritten) terminal!.Write(Begin);
            waiting.Clear();
            isWritten = false;
        }
    }

    private void Write()
    {
        lock (gate)
        {
            if (waiting.Count == 0) return;

            terminal!.Write($"{Begin}Waiting for: {string.Join(", ", waiting)} …");
            isWritten = true;
        }
    }
}
