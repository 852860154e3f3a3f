namespace KubeIdP.Server.Operations;

/// <summary>
/// Gives the thread pool more threads when all of its threads wait for something outside. It adds one every half second by itself, and until then nothing is
/// answered, not even that this process is alive: PostgreSQL's driver holds a thread for as long as it asks a server that accepts and says nothing to cancel a
/// statement (<c>Timeout</c>, five seconds), a disk that hangs holds one for each commit.
/// </summary>
/// <remarks>Threads that compute are no reason: what they have to do gets done, and more of them would only be in each other's way.</remarks>
internal sealed class ThreadReserve(ILogger<ThreadReserve> log) : IHostedLifecycleService, IDisposable
{
    private const int Step = 16;

    /// <summary>Beyond the connections of a pool (100 by default), each of which can hold one.</summary>
    private const int Most = 256;

    /// <summary>How long everything may stand still.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(150);

    /// <summary>After so long without a standstill the pool is left to itself again.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly ManualResetEventSlim end = new();
    private Thread? watcher;

    /// <summary>Before all services that use the pool.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        watcher = new Thread(Watch) { IsBackground = true, Name = "thread reserve" };
        watcher.Start();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After all services: their ends need threads too.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        end.Set();
        watcher?.Join();
        return Task.CompletedTask;
    }

    public void Dispose() => end.Dispose();

    private void Watch()
    {
        ThreadPool.GetMinThreads(out var usual, out var ports);
        var (least, troubled) = (usual, Environment.TickCount64);
        while (!end.IsSet)
        {
            var probe = new Probe();
            var done = ThreadPool.CompletedWorkItemCount;
            ThreadPool.UnsafeQueueUserWorkItem(probe, preferLocal: false);
            while (!end.Wait(Longest) && !probe.HasRun)
            {
                troubled = Environment.TickCount64;
                if (ThreadPool.CompletedWorkItemCount == done && least < Most)
                {
                    least = Math.Min(Math.Max(least, ThreadPool.ThreadCount) + Step, Most);
                    ThreadPool.SetMinThreads(least, ports);
                    log.ThreadsAdded(least);
                }

                done = ThreadPool.CompletedWorkItemCount;
            }

            if (least == usual || Environment.TickCount64 - troubled < Quiet.TotalMilliseconds) continue;

            least = usual;
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
