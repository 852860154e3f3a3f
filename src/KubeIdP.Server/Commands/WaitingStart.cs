using KubeIdP.Data.Storage;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Retries the start during an outage of PostgreSQL. If the process exited instead, its platform would restart it with back-off delays that
/// grow to minutes and prolong the outage. Meanwhile the server listens: it is live but not ready, and reports why.
/// </summary>
/// <param name="app">Not started yet.</param>
/// <param name="listen">Starts it.</param>
internal sealed class WaitingStart(WebApplication app, Func<Task> listen)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Database database = app.Services.GetRequiredService<Database>();
    private readonly StartupState startup = app.Services.GetRequiredService<StartupState>();
    private readonly ServiceNotifier notifier = app.Services.GetRequiredService<ServiceNotifier>();
    private readonly TimeProvider clock = app.Services.GetRequiredService<TimeProvider>();

    public bool IsListening { get; private set; }

    public async Task ListenAsync()
    {
        if (IsListening) return;

        await listen();
        IsListening = true;
    }

    /// <summary>
    /// Retries a step of the start until the database is available. Throws <see cref="StartFault"/> for what waiting does not fix: a
    /// missing privilege of the database account, and any fault of an SQLite file, which is on this machine.
    /// </summary>
    public async Task RetryAsync(Func<CancellationToken, Task> step, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var (logged, loggedAt) = ((string?)null, 0L);
        while (true)
        {
            string reason;
            try
            {
                await step(ct);
                if (logged is not null) app.Logger.StartedAfterRetries((int)clock.GetElapsedTime(began).TotalSeconds);
                return;
            }
            catch (Exception fault) when (!ct.IsCancellationRequested && Outage.Of(fault) is { } outage)
            {
                if (!database.IsPostgres || outage.Kind == OutageKind.RightMissing) throw new StartFault($"{outage}");

                database.DiscardConnections(fault);
                startup.WaitFor(reason = outage.ToString());
                if (logged != reason || clock.GetElapsedTime(loggedAt) >= LogInterval)
                {
                    (logged, loggedAt) = (reason, clock.GetTimestamp());
                    app.Logger.StartRetries(logged);
                }
            }

            await ListenAsync();
            notifier.Waiting(reason);
            await Task.Delay(RetryInterval, clock, ct);
        }
    }
}
