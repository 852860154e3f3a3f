using System.Diagnostics;
using System.Net;
using KubeIdP.Server.TokenReview;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Testing.Races;

/// <summary>What has become of the connections on which the replicas listen for ended sessions.</summary>
public enum Listeners
{
    Whole,

    /// <summary>Closed by the database, in each round.</summary>
    Cut,

    /// <summary>Open, and nothing arrives.</summary>
    Deaf,
}

/// <summary>
/// A grant is revoked on one replica while another refreshes it and a third reviews its tokens, again and again. After the answer nothing
/// is issued, and within a second nothing is affirmed.
/// </summary>
public sealed class ReviewRace(ThreeReplicas replicas)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Random random = Chance.For(nameof(ReviewRace));

    public async Task RunAsync(Listeners listeners, int rounds, CancellationToken ct)
    {
        var account = await replicas.AddAccountAsync(ct);
        using var browser = replicas[0].CreateBrowser();
        using var apiServer = replicas.ApiServerAt(2);
        if (listeners == Listeners.Deaf) replicas.Proxy.SwallowListeners();
        try
        {
            for (var round = 0; round < rounds; round++)
                await RunOnceAsync(browser, account, apiServer, cut: listeners == Listeners.Cut, ct);
        }
        finally
        {
            replicas.Proxy.LetThrough();
        }
    }

    private async Task RunOnceAsync(BrowserClient browser, Account account, ReviewingApiServer apiServer, bool cut, CancellationToken ct)
    {
        var tokens = await replicas[0].CreateClient().LogInAsync(browser, account, ct);
        for (var since = Stopwatch.StartNew(); !(await apiServer.ReviewAsync(tokens.IdToken, ct)).Authenticated; await Task.Delay(50, ct))
            Assert.True(since.Elapsed < Limit, "The token was not affirmed in time.");

        using var enough = new CancellationTokenSource();
        var refreshing = RefreshUntilAsync(replicas[1].CreateClient(), tokens, enough.Token, ct);
        var reviewing = ReviewUntilRefusedAsync(apiServer, tokens.IdToken, ct);
        if (cut) await replicas.TerminateListenersAsync(ct);
        await Task.Delay(random.Next(30), ct);

        using (var response = await replicas[0].CreateClient().PostAsync("connect/revoke", ct, ("token", tokens.AccessToken)))
            response.EnsureSuccessStatusCode();
        var answered = Stopwatch.GetTimestamp();
        var answeredAt = DateTimeOffset.UtcNow;

        var lastAffirmed = await reviewing;
        await enough.CancelAsync();
        var refreshes = await refreshing;

        Assert.True(
            lastAffirmed is null || Stopwatch.GetElapsedTime(answered, lastAffirmed.Value) <= RecentEndings.MaxAge,
            $"A token was affirmed to an API server that asked {Stopwatch.GetElapsedTime(answered, lastAffirmed ?? 0)} after the "
                + $"revocation had answered.");
        foreach (var (startedAt, answer) in refreshes)
        {
            if (startedAt > answered) Assert.False(answer.IsSuccess, answer.Text);
            else if (answer.IsSuccess) Assert.True(answer.Claims.GetProperty("iat").GetInt64() <= answeredAt.ToUnixTimeSeconds());
        }
    }

    private static async Task<List<(long StartedAt, TokenAnswer Answer)>> RefreshUntilAsync(RelyingParty client, TokenAnswer tokens,
        CancellationToken enough, CancellationToken ct)
    {
        var refreshes = new List<(long, TokenAnswer)>();
        while (!enough.IsCancellationRequested)
        {
            var startedAt = Stopwatch.GetTimestamp();
            var answer = await client.RefreshAsync(tokens.RefreshToken!, ct);
            refreshes.Add((startedAt, answer));
            if (answer.IsSuccess) tokens = answer;
        }

        return refreshes;
    }

    /// <summary>When the last review began that was answered with yes.</summary>
    private static async Task<long?> ReviewUntilRefusedAsync(ReviewingApiServer apiServer, string token, CancellationToken ct)
    {
        long? lastAffirmed = null;
        for (var since = Stopwatch.StartNew(); since.Elapsed < Limit;)
        {
            var startedAt = Stopwatch.GetTimestamp();
            var answer = await apiServer.ReviewAsync(token, ct);
            if (answer.IsRefusal) return lastAffirmed;
            if (answer.Authenticated) lastAffirmed = startedAt;
            else Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        }

        throw new TimeoutException($"The token was not refused within {Limit}.");
    }
}
