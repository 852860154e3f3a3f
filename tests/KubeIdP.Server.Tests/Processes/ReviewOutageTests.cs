using System.Diagnostics;
using System.Net;
using KubeIdP.Server.TokenReview;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>Nobody can say whether a session lives while the database is away.</summary>
public sealed class ReviewOutageTests(SharedReplicas shared) : ReplicaTests(shared)
{
    [Fact]
    public async Task A_database_that_is_away_is_no_refusal()
    {
        var kubectl = Replicas[0].CreateClient();
        using var browser = Replicas[0].CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, await Replicas.AddAccountAsync(Ct), Ct);
        using var apiServer = Replicas.ApiServerAt(1);
        Assert.True((await apiServer.ReviewAsync(tokens.IdToken, Ct)).Authenticated);

        await Replicas.Server.StopAsync(Ct);
        try
        {
            // What was known before may serve for a second; after it there is no yes and no no.
            await Task.Delay(RecentEndings.MaxAge + TimeSpan.FromMilliseconds(100), Ct);
            var answer = await apiServer.ReviewAsync(tokens.IdToken, Ct);
            var forged = await apiServer.ReviewAsync(tokens.IdToken[..^8] + "AAAAAAAA", Ct);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.True(forged.IsRefusal);
        }
        finally
        {
            await Replicas.Server.StartAsync(Ct);
        }

        for (var since = Stopwatch.StartNew(); !(await apiServer.ReviewAsync(tokens.IdToken, Ct)).Authenticated; await Task.Delay(50, Ct))
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(60), "The server did not come back to its database.");
    }
}
