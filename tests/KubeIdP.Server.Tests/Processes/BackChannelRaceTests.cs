using System.Text.Json;
using KubeIdP.Testing.Protocol;
using Microsoft.IdentityModel.JsonWebTokens;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>
/// Everybody is signed out on one of three replicas while all refresh on all of them, and one is killed: nothing is issued after the
/// answer, and every web client is notified of every session.
/// </summary>
public sealed class BackChannelRaceTests(SharedReplicas shared) : ReplicaTests(shared)
{
    private const int People = 4;

    [Fact]
    public async Task After_a_revocation_nothing_is_issued_and_clients_are_notified_whichever_replica_dies()
    {
        // What other classes have left behind: afterwards exactly what this test has opened is ended.
        (await Replicas.A.RunAsync(["sessions", "revoke", "--all", "--yes"], ct: Ct)).Succeeded();
        var programs = new List<(string ClientId, TokenAnswer Tokens)>();
        for (var person = 0; person < People; person++)
        {
            var account = await Replicas.AddAccountAsync(Ct);
            using var browser = Replicas[person % 3].CreateBrowser();
            using var kubectl = Replicas[person % 3].CreateClient();
            using var application = Replicas.WebClientAt(person % 3);
            programs.Add(("kubernetes", await kubectl.LogInAsync(browser, account, Ct)));
            programs.Add(("web", await application.LogInAsync(browser, account, Ct, ("scope", "openid offline_access"))));
        }

        using var enough = new CancellationTokenSource();
        var running = programs.Select((program, number) => RefreshUntilAsync(program.ClientId, program.Tokens, number, enough.Token))
            .ToList();
        await Task.Delay(TimeSpan.FromSeconds(1), Ct);
        var outcome = (await Replicas[2].RunAsync(["sessions", "revoke", "--all", "--yes", "--output", "json"], ct: Ct)).Succeeded();
        var answeredAt = DateTimeOffset.UtcNow;
        await Replicas[1].KillAsync(Ct);
        await Task.Delay(TimeSpan.FromSeconds(1), Ct);
        await Replicas[1].StartAsync(Ct);
        await enough.CancelAsync();

        Assert.Equal(People, JsonDocument.Parse(outcome.Output).RootElement.GetProperty("ended").GetInt32());
        var refreshes = (await Task.WhenAll(running)).SelectMany(some => some).ToList();
        Assert.Contains(refreshes, refresh => refresh.Answer.IsSuccess);
        Assert.Contains(refreshes, refresh => refresh.StartedAt > answeredAt);
        Assert.All(refreshes, refresh => Assert.True(
            refresh.Answer.IsSuccess
                ? refresh.StartedAt <= answeredAt && refresh.Answer.Claims.GetProperty("iat").GetInt64() <= answeredAt.ToUnixTimeSeconds()
                : refresh.Answer.Error == "invalid_grant",
            $"{refresh.StartedAt - answeredAt}: {refresh.Answer.Text}"));

        // Taken by one that died over it, a call is due again after half a minute.
        var sessions = programs.Select(program => program.Tokens.Claims.GetProperty("sid").GetString()!).Distinct().Order().ToList();
        for (var tries = 0; tries < 300 && Heard(Replicas.Web).Count < People; tries++)
            await Task.Delay(TimeSpan.FromMilliseconds(200), Ct);
        Assert.Equal(sessions, Heard(Replicas.Web));
    }

    private static List<string> Heard(LogoutReceiver web) =>
        [.. web.Received.Select(one => new JsonWebToken(one.LogoutToken).GetClaim("sid").Value).Distinct().Order()];

    private async Task<IReadOnlyList<(DateTimeOffset StartedAt, TokenAnswer Answer)>> RefreshUntilAsync(string clientId, TokenAnswer tokens,
        int number, CancellationToken enough)
    {
        // Not on the one that is killed: what it was about to answer nobody will know.
        var refreshes = new List<(DateTimeOffset, TokenAnswer)>();
        var clients = ((int[])[0, 2])
            .Select(replica => clientId == "web" ? Replicas.WebClientAt(replica) : Replicas[replica].CreateClient()).ToList();
        for (var turn = number; !enough.IsCancellationRequested; turn++)
        {
            var startedAt = DateTimeOffset.UtcNow;
            var answer = await clients[turn % clients.Count].RefreshAsync(tokens.RefreshToken!, Ct);
            refreshes.Add((startedAt, answer));
            if (answer.IsSuccess) tokens = answer;
        }

        clients.ForEach(client => client.Dispose());
        return refreshes;
    }
}
