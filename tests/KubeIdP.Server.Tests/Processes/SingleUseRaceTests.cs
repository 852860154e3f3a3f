using System.Net;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

[Collection(nameof(TwoReplicas))]
public sealed class SingleUseRaceTests(TwoReplicas replicas)
{
    private const int Rounds = 100;
    private const int AtOnce = 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refresh_token_presented_to_both_replicas_at_once_has_one_successor()
    {
        var account = await replicas.AddAccountAsync(Ct);
        RelyingParty[] kubectls = [replicas.A.CreateClient(), replicas.B.CreateClient()];
        using var browser = replicas.A.CreateBrowser();
        var first = await kubectls[0].LogInAsync(browser, account, Ct);

        var tokens = first;
        for (var round = 1; round <= Rounds; round++)
        {
            var refreshToken = tokens.RefreshToken!;
            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => kubectls[i % 2].RefreshAsync(refreshToken, Ct)));

            Assert.All(answers, answer => Assert.True(answer.IsSuccess, $"Round {round}: {(int)answer.Status} {answer.Text}"));
            Assert.Equal([first.Generation + round], answers.Select(answer => answer.Generation).Distinct());
            tokens = answers[round % AtOnce];
        }

        // One successor, not one hundred: the row knows the last generation and the one before.
        var sid = first.Claims.GetProperty("sid").GetString()!;
        Assert.Equal((first.Generation + Rounds, first.Generation + Rounds - 1, false), await replicas.GrantAsync(first.GrantId, Ct));
        Assert.Equal(1, await replicas.CountGrantsAsync(sid, Ct));
    }

    [Fact]
    public async Task A_superseded_refresh_token_ends_the_grant_on_both_replicas()
    {
        var account = await replicas.AddAccountAsync(Ct);
        var (onA, onB) = (replicas.A.CreateClient(), replicas.B.CreateClient());
        using var browser = replicas.A.CreateBrowser();
        var copied = await onA.LogInAsync(browser, account, Ct);
        var second = (await onB.RefreshAsync(copied.RefreshToken!, Ct)).Succeeded();
        var third = (await onA.RefreshAsync(second.RefreshToken!, Ct)).Succeeded();

        var thief = await onB.RefreshAsync(copied.RefreshToken!, Ct);
        var owner = await onA.RefreshAsync(third.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", thief.Error);
        Assert.Equal("invalid_grant", owner.Error);
    }

    [Fact]
    public async Task A_code_presented_to_both_replicas_at_once_is_redeemed_once()
    {
        var account = await replicas.AddAccountAsync(Ct);
        RelyingParty[] clients = [replicas.A.CreateClient(), replicas.B.CreateClient()];
        using var browser = replicas.A.CreateBrowser();

        for (var round = 1; round <= Rounds; round++)
        {
            // The first time a whole login, then the page that asks whether to continue.
            var code = await clients[0].SignInAsync(browser, account, Ct);

            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(
                i => clients[i % 2].RedeemAsync(code, Ct, ("code_verifier", clients[0].Verifier))));

            Assert.Single(answers, answer => answer.IsSuccess);
            Assert.All(answers.Where(answer => !answer.IsSuccess), answer =>
            {
                Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
                Assert.Equal("invalid_grant", answer.Error);
            });
        }
    }
}
