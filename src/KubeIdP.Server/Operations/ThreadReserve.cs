namespace KubeIdP.Server.Operations;

/// <summary>
/// Adds threads to the thread pool when all of its threads are blocked by something outside of the process. By itself the pool adds one
/// every half second, and until then nothing is answered, not even the liveness check: PostgreSQL's driver blocks a thread while it asks a
/// server that accepts connections and does not answer to cancel a statement (<c>Timeout</c>, five seconds), and a disk that hangs blocks
/// one for each commit.
/// </summary>
/// <remarks>Threads that compute don't trigger this: they make progress, and more threads would only slow each other down.</remarks>
internal sealed class ThreadReserve(ILogger<ThreadReserve> log) : IHostedLifecycleService, IDisposable
{
    private const int Step = 16;

    /// <summary>More than the connections of a database pool (100 by default), each of which can block one.</summary>
    private const int MaxThreads = 256;

    /// <summary>How long all threads may be blocked.</summary>
    private static readonly TimeSpan MaxBlocked = TimeSpan.FromMilliseconds(150);

    /// <summary>After this time without a blockage the pool returns to its defaults.</summary>
    private static readonly TimeSpan ResetAfter = TimeSpan.FromMinutes(1);

    private readonly ManualResetEventSlim end = new();
    private Thread? monitor;

    /// <summary>Before all services that use the pool.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        monitor = new Thread(Monitor) { IsBackground = true, Name = "thread reserve" };
        monitor.Start();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After all services, because their stops need threads too.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        end.Set();
        monitor?.Join();
        return Task.CompletedTask;
    }

    public void Dispose() => end.Dispose();

    private void Monitor()
    {
        ThreadPool.GetMinThreads(out var usual, out var ports);
        var (minimum, blockedAt) = (usual, Environment.TickCount64);
        while (!end.IsSet)
        {
            var probe = new Probe();
            var done = ThreadPool.CompletedWorkItemCount;
            ThreadPool.UnsafeQueueUserWorkItem(probe, preferLocal: false);
            while (!end.Wait(MaxBlocked) && !probe.HasRun)
            {
                blockedAt = Environment.TickCount64;
                if (ThreadPool.CompletedWorkItemCount == done && minimum < MaxThreads)
                {
                    minimum = Math.Min(Math.Max(minimum, ThreadPool.ThreadCount) + Step, MaxThreads);
                    ThreadPool.SetMinThreads(minimum, ports);
                    log.ThreadsAdded(minimum);
                }

                done = ThreadPool.CompletedWorkItemCount;
            }

            if (minimum == usual || Environment.TickCount64 - blockedAt < ResetAfter.TotalMilliseconds) continue;

            minimum = usual;
            ThreadPool.SetMinThreads(usual, ports);
        }
    }

    private sealed class Probe : IThreadPoolWorkItem
    {
        private volatile bool hasRun;

        public bool HasRun => hasRun;

        public void Execute() => hasRun = true;
    }
}
