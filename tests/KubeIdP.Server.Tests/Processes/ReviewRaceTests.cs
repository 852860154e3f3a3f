using System.Diagnostics;
using System.Globalization;
using System.Net;
using KubeIdP.Server.TokenReview;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>
/// A grant is revoked on one replica while another refreshes it and a third reviews its tokens, again and again. After the answer nothing is issued, and
/// within a second nothing is affirmed, whatever has become of the connections on which the replicas listen.
/// </summary>
public sealed class ReviewRaceTests(ThreeReplicas replicas) : IClassFixture<ThreeReplicas>
{
    // Each race is short; how many fit depends on the machine. KUBEIDP_RACES asks for a number of them, however long they take.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(15);
    private static readonly int Wanted = int.TryParse(Environment.GetEnvironmentVariable("KUBEIDP_RACES"), NumberStyles.None, CultureInfo.InvariantCulture, out var races) ? races : 0;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_signal_of_the_database() => await RaceAsync(disturb: null);

    [Fact]
    public async Task With_listeners_that_are_cut() => await RaceAsync(() => replicas.TerminateListenersAsync(Ct));

    [Fact]
    public async Task With_listeners_whose_packets_are_lost()
    {
        replicas.Proxy.SwallowListeners();
        try
        {
            await RaceAsync(disturb: null);
        }
        finally
        {
            replicas.Proxy.LetThrough();
        }
    }

    [Fact]
    public async Task A_session_that_was_revoked_is_dead_in_its_browser_whichever_replica_is_asked()
    {
        var kubectl = replicas[0].CreateClient();
        using var browser = replicas[0].CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, await replicas.AddAccountAsync(Ct), Ct);
        var session = tokens.Claims.GetProperty("sid").GetString()!;
        var cookie = browser.Cookies.Cookies.Single(cookie => cookie.Name == "__Host-kubeidp-session");

        Assert.All(await VisitAllAsync(), page => Assert.Equal((HttpStatusCode.OK, false), (page.Status, page.HasField("Password"))));
        (await replicas[1].RunAsync(["sessions", "revoke", session, "--reason", "lost laptop"], ct: Ct)).Succeeded();

        Assert.All(await VisitAllAsync(), page => Assert.True(page.HasField("Password"), page.Text));
        for (var i = 0; i < 3; i++) Assert.Equal("invalid_grant", (await replicas[i].CreateClient().RefreshAsync(tokens.RefreshToken!, Ct)).Error);
        Assert.Equal(1, (await replicas[2].RunAsync(["sessions", "revoke", session], ct: Ct)).ExitCode);

        async Task<List<Page>> VisitAllAsync()
        {
            var pages = new List<Page>();
            for (var i = 0; i < 3; i++)
            {
                using var visitor = replicas[i].CreateBrowser();
                visitor.Cookies.Set(visitor.Home, $"{cookie.Name}={cookie.Value}; Path=/; Secure; HttpOnly; SameSite=Lax");
                pages.Add(await visitor.GoAsync(new Uri($"{visitor.Home}/account"), Ct));
            }

            return pages;
        }
    }

    private async Task RaceAsync(Func<Task>? disturb)
    {
        var account = await replicas.AddAccountAsync(Ct);
        using var browser = replicas[0].CreateBrowser();
        using var apiServer = replicas.ApiServerAt(2);

        var rounds = 0;
        for (var since = Stopwatch.StartNew(); Wanted > 0 ? rounds < Wanted : since.Elapsed < Enough; rounds++)
            await RaceOnceAsync(browser, account, apiServer, disturb);

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} races");
        Assert.True(rounds > 1);
    }

    private async Task RaceOnceAsync(BrowserClient browser, Account account, ReviewingApiServer apiServer, Func<Task>? disturb)
    {
        var tokens = await replicas[0].CreateClient().LogInAsync(browser, account, Ct);
        await UntilAsync(async () => (await apiServer.ReviewAsync(tokens.IdToken, Ct)).Authenticated);

        using var enough = new CancellationTokenSource();
        var refreshing = RefreshUntilAsync(replicas[1].CreateClient(), tokens, enough.Token);
        var reviewing = ReviewUntilRefusedAsync(apiServer, tokens.IdToken);
        if (disturb is not null) await disturb();
        await Task.Delay(Random.Shared.Next(30), Ct);

        using (var response = await replicas[0].CreateClient().PostAsync("connect/revoke", Ct, ("token", tokens.AccessToken)))
            response.EnsureSuccessStatusCode();
        var answered = Stopwatch.GetTimestamp();
        var answeredAt = DateTimeOffset.UtcNow;

        var lastAffirmed = await reviewing;
        await enough.CancelAsync();
        var refreshes = await refreshing;

        Assert.True(
            lastAffirmed is null || Stopwatch.GetElapsedTime(answered, lastAffirmed.Value) <= RecentEndings.MaxAge,
            $"A token was affirmed to an API server that asked {Stopwatch.GetElapsedTime(answered, lastAffirmed ?? 0)} after the revocation had answered.");
        foreach (var (startedAt, answer) in refreshes)
        {
            if (startedAt > answered) Assert.False(answer.IsSuccess, answer.Text);
            else if (answer.IsSuccess) Assert.True(answer.Claims.GetProperty("iat").GetInt64() <= answeredAt.ToUnixTimeSeconds());
        }
    }

    private static async Task<List<(long StartedAt, TokenAnswer Answer)>> RefreshUntilAsync(RelyingParty client, TokenAnswer tokens, CancellationToken enough)
    {
        var refreshes = new List<(long, TokenAnswer)>();
        while (!enough.IsCancellationRequested)
        {
            var startedAt = Stopwatch.GetTimestamp();
            var answer = await client.RefreshAsync(tokens.RefreshToken!, Ct);
            refreshes.Add((startedAt, answer));
            if (answer.IsSuccess) tokens = answer;
        }

        return refreshes;
    }

    /// <summary>When the last review began that was answered with yes.</summary>
    private static async Task<long?> ReviewUntilRefusedAsync(ReviewingApiServer apiServer, string token)
    {
        long? lastAffirmed = null;
        for (var since = Stopwatch.StartNew(); since.Elapsed < Limit;)
        {
            var startedAt = Stopwatch.GetTimestamp();
            var answer = await apiServer.ReviewAsync(token, Ct);
            if (answer.IsRefusal) return lastAffirmed;
            if (answer.Authenticated) lastAffirmed = startedAt;
            else Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        }

        throw new TimeoutException($"The token was not refused within {Limit}.");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var since = Stopwatch.StartNew(); !await condition(); await Task.Delay(50, Ct))
            Assert.True(since.Elapsed < Limit, "It did not come to that in time.");
    }
}
