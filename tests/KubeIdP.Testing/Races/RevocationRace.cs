using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Testing.Races;

/// <summary>After a revocation has answered on one replica, the other issues nothing, however the two are interleaved.</summary>
public sealed class RevocationRace(ThreeReplicas replicas)
{
    private const int Grants = 4;

    private readonly Random random = Chance.For(nameof(RevocationRace));

    /// <summary>A client revokes its own grant.</summary>
    public async Task ByClientAsync(int rounds, CancellationToken ct)
    {
        var account = await replicas.AddAccountAsync(ct);
        using var browser = replicas.A.CreateBrowser();

        for (var round = 0; round < rounds; round++)
        {
            var kubectl = await KubectlAsync(browser, account, ct);
            await RunAsync([kubectl], async () =>
            {
                using var response = await replicas.B.CreateClient()
                    .PostAsync("connect/revoke", ct, ("token", kubectl.Tokens.RefreshToken));
                response.EnsureSuccessStatusCode();
            }, ct);
        }
    }

    /// <summary>An administrator ends a session in which several clients refresh.</summary>
    public async Task BySessionAsync(int rounds, CancellationToken ct)
    {
        for (var round = 0; round < rounds; round++)
        {
            var account = await replicas.AddAccountAsync(ct);
            using var browser = replicas.A.CreateBrowser();
            var kubectls = new List<Kubectl>();
            for (var i = 0; i < Grants; i++)
                kubectls.Add(await KubectlAsync(browser, account, ct));
            var session = kubectls[0].Tokens.Claims.GetProperty("sid").GetString()!;
            Assert.All(kubectls, kubectl => Assert.Equal(session, kubectl.Tokens.Claims.GetProperty("sid").GetString()));

            await RunAsync(kubectls, async () => (await replicas.B.RunAsync(["sessions", "revoke", session], ct: ct)).Succeeded(), ct);
        }
    }

    /// <summary>An administrator ends all sessions of a person.</summary>
    public async Task ByPersonAsync(int rounds, CancellationToken ct)
    {
        for (var round = 0; round < rounds; round++)
        {
            var account = await replicas.AddAccountAsync(ct);
            var kubectls = new List<Kubectl>();
            for (var session = 0; session < 2; session++)
            {
                using var browser = replicas.A.CreateBrowser();
                for (var i = 0; i < Grants / 2; i++) kubectls.Add(await KubectlAsync(browser, account, ct));
            }

            await RunAsync(kubectls,
                async () =>
                    (await replicas.B.RunAsync(["sessions", "revoke", "--person", account.Username, "--yes"], ct: ct)).Succeeded(), ct);
        }
    }

    private async Task<Kubectl> KubectlAsync(BrowserClient browser, Account account, CancellationToken ct)
    {
        var client = replicas.A.CreateClient();
        return new Kubectl(client, await client.LogInAsync(browser, account, ct));
    }

    private async Task RunAsync(IReadOnlyList<Kubectl> kubectls, Func<Task> revokeAsync, CancellationToken ct)
    {
        using var enough = new CancellationTokenSource();
        var running = kubectls.Select(kubectl => kubectl.RefreshUntilAsync(enough.Token, ct)).ToList();
        await Task.Delay(random.Next(40), ct);

        await revokeAsync();
        var answeredAt = DateTimeOffset.UtcNow;

        await Task.Delay(100, ct);
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
