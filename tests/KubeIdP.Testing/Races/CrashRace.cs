using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Testing.Races;

/// <summary>kill -9 at random moments: what was answered stays true, and nobody has to sign in again.</summary>
public sealed class CrashRace(IssuerProcess issuer)
{
    private const int Clients = 4;

    private readonly Random random = Chance.For(nameof(CrashRace));

    /// <summary>Starts the server and kills it so many times.</summary>
    public async Task RunAsync(int rounds, CancellationToken ct)
    {
        await issuer.StartAsync(ct);
        var account = await issuer.AddAccountAsync("alice", ct);
        using var browser = issuer.CreateBrowser();
        var kubectls = new List<Kubectl>();
        for (var i = 0; i < Clients; i++)
            kubectls.Add(new Kubectl(await issuer.CreateClient().LogInAsync(browser, account, ct)));

        for (var round = 1; round <= rounds; round++)
        {
            var client = issuer.CreateClient();
            var running = kubectls.Select(kubectl => kubectl.RefreshUntilDeadAsync(client, ct)).ToList();
            await Task.Delay(random.Next(20, 150), ct);
            await issuer.KillAsync(ct);
            await Task.WhenAll(running);

            await issuer.StartAsync(ct);
            foreach (var kubectl in kubectls)
                await kubectl.GoOnAsync(issuer.CreateClient(), round, ct);
        }

        // The browser's session outlived them all: no password, no factor.
        var again = await issuer.CreateClient().SignInAsync(browser, new Account("nobody", "nothing", "none", TimeProvider.System), ct);
        Assert.NotEmpty(again);
    }

    /// <summary>A program that holds what the last answer it saw has given it.</summary>
    private sealed class Kubectl(TokenAnswer tokens)
    {
        private TokenAnswer held = tokens;

        public async Task RefreshUntilDeadAsync(RelyingParty client, CancellationToken ct)
        {
            try
            {
                while (true)
                {
                    var answer = await client.RefreshPatientlyAsync(held.RefreshToken!, ct);
                    Assert.True(answer.IsSuccess, answer.Text);
                    held = answer;
                }
            }
            catch (Exception end) when (end is HttpRequestException or IOException)
            {
                // The server is dead; whatever it did last, its answer has not arrived.
            }
        }

        public async Task GoOnAsync(RelyingParty client, int round, CancellationToken ct)
        {
            var answer = await client.RefreshPatientlyAsync(held.RefreshToken!, ct);

            // One further for this refresh, and one more when the answer that was lost had already been written down.
            Assert.True(answer.IsSuccess, $"Round {round}, generation {held.Generation}: {answer.Text}");
            Assert.InRange(answer.Generation, held.Generation + 1, held.Generation + 2);
            held = answer;
        }
    }
}
