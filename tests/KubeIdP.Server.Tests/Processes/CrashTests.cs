using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>kill -9 at random moments: what was answered stays true, and nobody has to sign in again.</summary>
public abstract class CrashTests
{
    private const int Clients = 4;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected static async Task SurviveAsync(IssuerProcess issuer, int rounds)
    {
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct);
        using var browser = issuer.CreateBrowser();
        var kubectls = new List<Kubectl>();
        for (var i = 0; i < Clients; i++)
            kubectls.Add(new Kubectl(await issuer.CreateClient().LogInAsync(browser, account, Ct)));

        for (var round = 1; round <= rounds; round++)
        {
            var client = issuer.CreateClient();
            var running = kubectls.Select(kubectl => kubectl.RefreshUntilDeadAsync(client, Ct)).ToList();
            await Task.Delay(Random.Shared.Next(20, 150), Ct);
            await issuer.KillAsync(Ct);
            await Task.WhenAll(running);

            await issuer.StartAsync(Ct);
            foreach (var kubectl in kubectls)
                await kubectl.GoOnAsync(issuer.CreateClient(), round, Ct);
        }

        // The browser's session outlived them all: no password, no factor.
        var again = await issuer.CreateClient().SignInAsync(browser, new Account("nobody", "nothing", "none", TimeProvider.System), Ct);
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

public sealed class PostgresCrashTests : CrashTests
{
    [Fact]
    public async Task Refreshes_go_on_after_thirty_crashes_of_the_server()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration(database, Replicas.NewMasterKey()));

        await SurviveAsync(issuer, rounds: 30);
    }
}

public sealed class SqliteCrashTests : CrashTests
{
    [Fact]
    public async Task Refreshes_go_on_after_fifteen_crashes_of_the_server()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");

        await SurviveAsync(issuer, rounds: 15);
    }
}
