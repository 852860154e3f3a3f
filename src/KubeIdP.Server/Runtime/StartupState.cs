namespace KubeIdP.Server.Runtime;

/// <summary>
/// Whether startup is complete: keys are loaded, the schema is current, and the database was read once. Everything that needs these waits
/// here.
/// </summary>
internal sealed class StartupState
{
    private readonly TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? waitingFor;

    public bool IsComplete => completed.Task.IsCompleted;

    /// <summary>Why startup is not complete yet, for administrators; null: it is complete, or no reason is known.</summary>
    public string? WaitingFor => IsComplete ? null : waitingFor;

    public void WaitFor(string reason) => waitingFor = reason;

    public void Complete() => completed.TrySetResult();

    public Task WaitAsync(CancellationToken ct) => completed.Task.WaitAsync(ct);
}
