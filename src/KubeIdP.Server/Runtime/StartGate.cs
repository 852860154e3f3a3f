namespace KubeIdP.Server.Runtime;

/// <summary>Closed until everything that a start needs is there: keys, schema, a first look at the database. What needs those waits here.</summary>
internal sealed class StartGate
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? waitingFor;

    public bool IsOpen => opened.Task.IsCompleted;

    /// <summary>Why the start is not over yet, for administrators; null: it is over, or nothing is known to hold it up.</summary>
    public string? WaitingFor => IsOpen ? null : waitingFor;

    public void HoldFor(string reason) => waitingFor = reason;

    public void Open() => opened.TrySetResult();

    public Task WaitAsync(CancellationToken ct) => opened.Task.WaitAsync(ct);
}
