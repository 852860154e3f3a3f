using System.Text.Json;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.IdentityModel.JsonWebTokens;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>Everybody is signed out on one of three replicas while all refresh on all of them, and one is killed: nothing is issued after the answer, and every web client hears of every session.</summary>
public sealed class BackChannelRaceTests : IDisposable
{
    private const string Secret = "a-secret-that-only-tests-know-0123456789";
    private const int People = 4;

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task After_one_word_nothing_is_issued_and_clients_hear_of_it_whichever_replica_dies()
    {
        var authority = new TestAuthority();
        File.WriteAllText(folder.File("ca.pem"), authority.Pem);
        await using var web = await LogoutReceiver.StartAsync(authority, Ct);
        await using var server = await PostgresServer.StartNewAsync(Ct);
        await using var replicas = await Replicas.StartAsync(3, Ct, server, more: $$"""
            backChannelLogout: { networks: [127.0.0.0/8], caFile: {{folder.File("ca.pem")}} }
            clients:
              kubernetes: {}
              web: { kind: web, redirectUris: ["https://app.example.test/callback"], secretHash: "{{ClientSecret.HashOf(Secret)}}", backChannelLogoutUri: "{{web.Address}}" }
            """);
        var programs = new List<(string ClientId, TokenAnswer Tokens)>();
        for (var person = 0; person < People; person++)
        {
            var account = await replicas.AddAccountAsync($"person{person}", Ct);
            using var browser = replicas[person % 3].CreateBrowser();
            using var kubectl = replicas[person % 3].CreateClient();
            using var application = replicas[person % 3].CreateClient("web", "https://app.example.test/callback", Secret);
            programs.Add(("kubernetes", await kubectl.LogInAsync(browser, account, Ct)));
            programs.Add(("web", await application.LogInAsync(browser, account, Ct, ("scope", "openid offline_access"))));
        }

        using var enough = new CancellationTokenSource();
        var running = programs.Select((program, number) => RefreshUntilAsync(replicas, program.ClientId, program.Tokens, number, enough.Token)).ToList();
        await Task.Delay(TimeSpan.FromSeconds(1), Ct);
        var outcome = (await replicas[2].RunAsync(["sessions", "revoke", "--all", "--yes", "--output", "json"], ct: Ct)).Succeeded();
        var answeredAt = DateTimeOffset.UtcNow;
        await replicas[1].KillAsync(Ct);
        await Task.Delay(TimeSpan.FromSeconds(1), Ct);
        await enough.CancelAsync();

        Assert.Equal(People, JsonDocument.Parse(outcome.Output).RootElement.GetProperty("ended").GetInt32());
        var refreshes = (await Task.WhenAll(running)).SelectMany(some => some).ToList();
        Assert.Contains(refreshes, refresh => refresh.Answer.IsSuccess);
        Assert.Contains(refreshes, refresh => refresh.StartedAt > answeredAt);
        Assert.All(refreshes, refresh => Assert.True(
            refresh.Answer.IsSuccess ? refresh.StartedAt <= answeredAt && refresh.Answer.Claims.GetProperty("iat").GetInt64() <= answeredAt.ToUnixTimeSeconds() : refresh.Answer.Error == "invalid_grant",
            $"{refresh.StartedAt - answeredAt}: {refresh.Answer.Text}"));

        // Taken by one that died over it, a call is due again after half a minute.
        var sessions = programs.Select(program => program.Tokens.Claims.GetProperty("sid").GetString()!).Distinct().Order().ToList();
        for (var tries = 0; tries < 60 && Heard(web).Count < People; tries++) await Task.Delay(TimeSpan.FromSeconds(1), Ct);
        Assert.Equal(sessions, Heard(web));
    }

    private static List<string> Heard(LogoutReceiver web) => [.. web.Received.Select(one => new JsonWebToken(one.LogoutToken).GetClaim("sid").Value).Distinct().Order()];

    private static async Task<IReadOnlyList<(DateTimeOffset StartedAt, TokenAnswer Answer)>> RefreshUntilAsync(Replicas replicas, string clientId, TokenAnswer tokens, int number, CancellationToken enough)
    {
        // Not on the one that is killed: what it was about to answer nobody will know.
        var refreshes = new List<(DateTimeOffset, TokenAnswer)>();
        var clients = ((int[])[0, 2]).Select(replica => clientId == "web" ? replicas[replica].CreateClient(clientId, "https://app.example.test/callback", Secret) : replicas[replica].CreateClient()).ToList();
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
