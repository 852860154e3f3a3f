namespace KubeIdP.Server.Runtime;

/// <summary>
/// Closed until the start is complete: keys are loaded, the schema is current, and the database was read once. Everything that needs these
/// waits here.
/// </summary>
internal sealed class StartGate
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? waitingFor;

    public bool IsOpen => opened.Task.IsCompleted;

    /// <summary>Why the start is not complete yet, for administrators; null: it is complete, or no reason is known.</summary>
    public string? WaitingFor => IsOpen ? null : waitingFor;

    public void HoldFor(string reason) => waitingFor = reason;

    public void Open() => opened.TrySetResult();

    public Task WaitAsync(CancellationToken ct) => opened.Task.WaitAsync(ct);
}
