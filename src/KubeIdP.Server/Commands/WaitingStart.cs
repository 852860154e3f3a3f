using KubeIdP.Data.Storage;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Commands;

/// <summary>
/// A start that outlives an outage of PostgreSQL. A process that ended instead would be started again by its platform after pauses that grow to minutes, and each
/// replica would add them to the outage. The server listens meanwhile: it is alive, not ready, and says why.
/// </summary>
/// <param name="app">Not started yet.</param>
/// <param name="listen">Starts it.</param>
internal sealed class WaitingStart(WebApplication app, Func<Task> listen)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Database database = app.Services.GetRequiredService<Database>();
    private readonly StartGate gate = app.Services.GetRequiredService<StartGate>();
    private readonly TimeProvider clock = app.Services.GetRequiredService<TimeProvider>();

    public bool IsListening { get; private set; }

    public async Task ListenAsync()
    {
        if (IsListening) return;

        await listen();
        IsListening = true;
    }

    /// <summary>
    /// Does a step of the start again and again until the database lets it. What waiting does not fix throws <see cref="StartFault"/>: a right that our account
    /// lacks, and whatever is wrong with a file of SQLite, which is on this machine.
    /// </summary>
    public async Task RetryAsync(Func<CancellationToken, Task> step, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var (logged, loggedAt) = ((string?)null, 0L);
        while (true)
        {
            try
            {
                await step(ct);
                if (logged is not null) app.Logger.StartWaited((int)clock.GetElapsedTime(began).TotalSeconds);
                return;
            }
            catch (Exception fault) when (!ct.IsCancellationRequested && Outage.Of(fault) is { } outage)
            {
                if (!database.IsPostgres || outage.Kind == OutageKind.RightMissing) throw new StartFault($"{outage}");

                database.DiscardConnections(fault);
                gate.HoldFor($"{outage}");
                if (logged != outage.ToString() || clock.GetElapsedTime(loggedAt) >= LogInterval)
                {
                    (logged, loggedAt) = (outage.ToString(), clock.GetTimestamp());
                    app.Logger.StartWaits(logged);
                }
            }

            await ListenAsync();
            await Task.Delay(Pause, clock, ct);
        }
    }
}
