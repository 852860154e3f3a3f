using System.Net;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Races;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <inheritdoc cref="ReviewRace"/>
public sealed class ReviewRaceTests(SharedReplicas shared) : ReplicaTests(shared)
{
    private const int Rounds = 8;

    [Fact]
    public async Task With_the_signal_of_the_database() => await new ReviewRace(Replicas).RunAsync(Listeners.Whole, Rounds, Ct);

    [Fact]
    public async Task With_listeners_that_are_cut() => await new ReviewRace(Replicas).RunAsync(Listeners.Cut, Rounds, Ct);

    [Fact]
    public async Task With_listeners_whose_packets_are_lost() => await new ReviewRace(Replicas).RunAsync(Listeners.Deaf, Rounds, Ct);

    [Fact]
    public async Task A_revoked_session_has_ended_for_its_browser_at_every_replica()
    {
        var kubectl = Replicas[0].CreateClient();
        using var browser = Replicas[0].CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, await Replicas.AddAccountAsync(Ct), Ct);
        var session = tokens.Claims.GetProperty("sid").GetString()!;
        var cookie = browser.Cookies.Cookies.Single(cookie => cookie.Name.StartsWith("__Host-kubeidp-session", StringComparison.Ordinal));

        Assert.All(await VisitAllAsync(), page => Assert.Equal((HttpStatusCode.OK, false), (page.Status, page.HasField("Password"))));
        (await Replicas[1].RunAsync(["sessions", "revoke", session, "--reason", "lost laptop"], ct: Ct)).Succeeded();

        Assert.All(await VisitAllAsync(), page => Assert.True(page.HasField("Password"), page.Text));
        for (var i = 0; i < 3; i++)
            Assert.Equal("invalid_grant", (await Replicas[i].CreateClient().RefreshAsync(tokens.RefreshToken!, Ct)).Error);
        Assert.Equal(1, (await Replicas[2].RunAsync(["sessions", "revoke", session], ct: Ct)).ExitCode);

        async Task<List<Page>> VisitAllAsync()
        {
            var pages = new List<Page>();
            for (var i = 0; i < 3; i++)
            {
                using var visitor = Replicas[i].CreateBrowser();
                visitor.Cookies.Set(visitor.Home, $"{cookie.Name}={cookie.Value}; Path=/; Secure; HttpOnly; SameSite=Lax");
                pages.Add(await visitor.GoAsync(new Uri($"{visitor.Home}/account"), Ct));
            }

            return pages;
        }
    }
}
