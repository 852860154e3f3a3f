using System.Net;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Testing.Races;

/// <summary>One code, or one refresh token, presented to two replicas many times at once.</summary>
public sealed class SingleUseRace(ThreeReplicas replicas)
{
    private const int AtOnce = 20;

    /// <summary>Every answer to a refresh token is the same generation, and the grant stays one row.</summary>
    public async Task OfRefreshTokensAsync(int rounds, CancellationToken ct)
    {
        var account = await replicas.AddAccountAsync(ct);
        RelyingParty[] kubectls = [replicas.A.CreateClient(), replicas.B.CreateClient()];
        using var browser = replicas.A.CreateBrowser();
        var first = await kubectls[0].LogInAsync(browser, account, ct);

        var tokens = first;
        for (var round = 1; round <= rounds; round++)
        {
            var refreshToken = tokens.RefreshToken!;
            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce)
                .Select(i => kubectls[i % 2].RefreshPatientlyAsync(refreshToken, ct)));

            Assert.All(answers, answer => Assert.True(answer.IsSuccess, $"Round {round}: {(int)answer.Status} {answer.Text}"));
            Assert.Equal([first.Generation + round], answers.Select(answer => answer.Generation).Distinct());
            tokens = answers[round % AtOnce];
        }

        // One successor, not one for each round: the row knows the last generation and the one before.
        var sid = first.Claims.GetProperty("sid").GetString()!;
        Assert.Equal((first.Generation + rounds, first.Generation + rounds - 1, false), await replicas.GrantAsync(first.GrantId, ct));
        Assert.Equal(1, await replicas.CountGrantsAsync(sid, ct));
    }

    /// <summary>
    /// Of the answers to a code exactly one is not a refusal. On a machine that is too busy it may say that it came too late to be safe;
    /// most have tokens.
    /// </summary>
    public async Task OfCodesAsync(int rounds, CancellationToken ct)
    {
        var account = await replicas.AddAccountAsync(ct);
        RelyingParty[] clients = [replicas.A.CreateClient(), replicas.B.CreateClient()];
        using var browser = replicas.A.CreateBrowser();

        var redeemed = 0;
        for (var round = 1; round <= rounds; round++)
        {
            // The first time a whole login, then the page that asks whether to continue.
            var code = await clients[0].SignInAsync(browser, account, ct);

            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(
                i => clients[i % 2].RedeemAsync(code, ct, ("code_verifier", clients[0].Verifier))));

            var taken = Assert.Single(answers, answer => answer.Error != "invalid_grant");
            Assert.True(taken.IsSuccess || taken.Error == "temporarily_unavailable", $"Round {round}: {(int)taken.Status} {taken.Text}");
            Assert.All(answers.Where(answer => answer.Error == "invalid_grant"),
                answer => Assert.Equal(HttpStatusCode.BadRequest, answer.Status));
            if (taken.IsSuccess) redeemed++;
        }

        Assert.True(redeemed > rounds / 2, $"Of {rounds} codes only {redeemed} were redeemed.");
    }

    /// <summary>
    /// A device code that is approved on one replica and polled on all, many times at once. As for a code one answer is not a refusal.
    /// </summary>
    public async Task OfDeviceCodesAsync(int rounds, CancellationToken ct)
    {
        var account = await replicas.AddAccountAsync(ct);
        RelyingParty[] clients = [replicas.A.CreateClient(), replicas.B.CreateClient(), replicas[2].CreateClient()];
        using var browser = replicas.B.CreateBrowser();

        var redeemed = 0;
        for (var round = 1; round <= rounds; round++)
        {
            var asked = (await clients[0].AskForDeviceAsync(ct)).Succeeded();
            Assert.Equal("authorization_pending", (await clients[0].PollAsync(asked, ct)).Error);
            await account.OpenDevicePageAsync(browser, ct);
            await browser.ApproveAsync(asked, ct);

            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => clients[i % 3].PollAsync(asked, ct)));

            var taken = Assert.Single(answers, answer => answer.Error != "invalid_grant");
            Assert.True(taken.IsSuccess || taken.Error == "temporarily_unavailable", $"Round {round}: {(int)taken.Status} {taken.Text}");
            if (taken.IsSuccess) redeemed++;

            // There are a thousand live requests at most, and the rounds don't wait five minutes for them to expire.
            await replicas.ForgetDevicesAsync(ct);
        }

        Assert.True(redeemed > rounds / 2, $"Of {rounds} device codes only {redeemed} were redeemed.");
    }
}
