using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>After a revocation has answered on one replica, the other issues nothing, however the two are interleaved.</summary>
[Collection(nameof(TwoReplicas))]
public sealed class RevocationRaceTests(TwoReplicas replicas)
{
    private const int Grants = 4;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_grant_that_a_client_revoked_on_one_replica_is_dead_on_the_other()
    {
        var account = await replicas.AddAccountAsync(Ct);
        using var browser = replicas.A.CreateBrowser();

        for (var round = 0; round < 40; round++)
        {
            var kubectl = await KubectlAsync(browser, account);
            await RaceAsync([kubectl], async () =>
            {
                using var response = await replicas.B.CreateClient().PostAsync("connect/revoke", Ct, ("token", kubectl.Tokens.RefreshToken));
                response.EnsureSuccessStatusCode();
            });
        }
    }

    [Fact]
    public async Task A_session_that_an_administrator_revoked_is_dead_for_all_of_its_clients()
    {
        for (var round = 0; round < 4; round++)
        {
            var account = await replicas.AddAccountAsync(Ct);
            using var browser = replicas.A.CreateBrowser();
            var kubectls = new List<Kubectl>();
            for (var i = 0; i < Grants; i++)
                kubectls.Add(await KubectlAsync(browser, account));
            var session = kubectls[0].Tokens.Claims.GetProperty("sid").GetString()!;
            Assert.All(kubectls, kubectl => Assert.Equal(session, kubectl.Tokens.Claims.GetProperty("sid").GetString()));

            await RaceAsync(kubectls, async () => (await replicas.B.RunAsync(["sessions", "revoke", session], ct: Ct)).Succeeded());
        }
    }

    [Fact]
    public async Task What_one_word_has_ended_is_dead_in_all_sessions_that_it_meant()
    {
        for (var round = 0; round < 4; round++)
        {
            var account = await replicas.AddAccountAsync(Ct);
            var kubectls = new List<Kubectl>();
            for (var session = 0; session < 2; session++)
            {
                using var browser = replicas.A.CreateBrowser();
                for (var i = 0; i < Grants / 2; i++) kubectls.Add(await KubectlAsync(browser, account));
            }

            await RaceAsync(kubectls, async () => (await replicas.B.RunAsync(["sessions", "revoke", "--person", account.Username, "--yes"], ct: Ct)).Succeeded());
        }
    }

    private async Task<Kubectl> KubectlAsync(Testing.Browsers.BrowserClient browser, Account account)
    {
        var client = replicas.A.CreateClient();
        return new Kubectl(client, await client.LogInAsync(browser, account, Ct));
    }

    private static async Task RaceAsync(IReadOnlyList<Kubectl> kubectls, Func<Task> revokeAsync)
    {
        using var enough = new CancellationTokenSource();
        var running = kubectls.Select(kubectl => kubectl.RefreshUntilAsync(enough.Token, Ct)).ToList();
        await Task.Delay(Random.Shared.Next(40), Ct);

        await revokeAsync();
        var answeredAt = DateTimeOffset.UtcNow;

        await Task.Delay(100, Ct);
        await enough.CancelAsync();
        foreach (var refresh in (await Task.WhenAll(running)).SelectMany(refreshes => refreshes))
        {
            if (refresh.StartedAt > answeredAt)
                Assert.Equal("invalid_grant", refresh.Answer.Error);
            else if (refresh.Answer.IsSuccess)
                Assert.True(refresh.Answer.Claims.GetProperty("iat").GetInt64() <= answeredAt.ToUnixTimeSeconds());
            else
                Assert.Contains(refresh.Answer.Error, (string?[])["invalid_grant", "temporarily_unavailable"]);
        }
    }

    private sealed record Refresh(DateTimeOffset StartedAt, TokenAnswer Answer);

    /// <summary>A program that refreshes as fast as it can.</summary>
    private sealed class Kubectl(RelyingParty client, TokenAnswer tokens)
    {
        public TokenAnswer Tokens { get; private set; } = tokens;

        public async Task<IReadOnlyList<Refresh>> RefreshUntilAsync(CancellationToken enough, CancellationToken ct)
        {
            var refreshes = new List<Refresh>();
            while (!enough.IsCancellationRequested)
            {
                var startedAt = DateTimeOffset.UtcNow;
                var answer = await client.RefreshAsync(Tokens.RefreshToken!, ct);
                refreshes.Add(new Refresh(startedAt, answer));
                if (answer.IsSuccess) Tokens = answer;
            }

            return refreshes;
        }
    }
}
