using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.TokenReview;

/// <summary>
/// Keeps <see cref="RecentEndings"/> up to date, so that a review needs no query. It reads ended grants and sessions whenever PostgreSQL
/// notifies it, and several times a second without a notification; each read is also a heartbeat of its connection. Reviews don't depend on
/// it: if its data is too old, the review queries the database itself (decisions/0004).
/// </summary>
internal sealed class EndingFeed(
    EndingStore endings, RecentEndings recent, ApiServerCredentials credentials, TokenOptions tokens, ClientCatalog clients,
    ReviewMetrics metrics, JobServices services, ILogger<EndingFeed> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    /// <summary>A connection that takes longer is replaced.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    // In addition to a token's lifetime: how long the statement that ended a grant may have waited for its row, while the grant could still
    // issue tokens.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly TimeSpan window = clients.All.Select(tokens.LifetimeOf).Append(tokens.IdTokenLifetime).Max() + Margin;

    protected override TimeSpan PauseAfterFailure => Delay;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        if (!credentials.Any) return null;

        metrics.Show(recent);
        await FollowAsync(stop);
        return TimeSpan.Zero;
    }

    protected override void LogFailure(Exception fault) => log.FeedInterrupted(fault.GetBaseException().Message);

    private async Task FollowAsync(CancellationToken stop)
    {
        await using var listener = await WithinAsync(endings.ListenAsync, stop);
        while (true)
        {
            var asOf = MachineTime.Take(Clock);
            recent.Learn(await WithinAsync(ct => listener.ReadAsync(window, ct), stop), asOf);
            await listener.WaitAsync(Delay, stop);
        }
    }

    private static async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> act, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Timeout);
        return await act(limit.Token);
    }
}
