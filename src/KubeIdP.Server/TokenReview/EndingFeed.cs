using KubeIdP.Data.Sessions;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.TokenReview;

/// <summary>
/// Keeps <see cref="RecentEndings"/> young, so that a review costs no query. It reads what has ended whenever PostgreSQL signals, and several times a second
/// without a signal; that reading is also the heartbeat of its connection. Nothing depends on it: knowledge that has grown too old is asked for anew by the
/// review itself (decisions/0004).
/// </summary>
internal sealed class EndingFeed(
    EndingStore endings, RecentEndings recent, ApiServerCredentials credentials, TokenOptions tokens, ReviewMetrics metrics, JobServices services, ILogger<EndingFeed> log) : BackgroundJob(services)
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    /// <summary>A connection that takes longer is given up for a new one.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    // Beyond a token's life: how long a statement may have waited for a row that it then ended, and issued before that.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly TimeSpan window = tokens.IdTokenLifetime + Margin;

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
            var asOf = Moment.Take(Clock);
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
