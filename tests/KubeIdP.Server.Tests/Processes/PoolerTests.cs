using KubeIdP.Server.Clients;
using KubeIdP.Server.TokenReview;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>A server that reaches PostgreSQL through PgBouncer without any setting about it.</summary>
public sealed class PoolerTests
{
    private const string Credential = "the-credential-of-the-API-server";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("transaction", 4)]
    [InlineData("session", 30)]
    public async Task Through_a_pooler_people_sign_in_and_refresh_and_a_revocation_is_heard_of_in_time(string mode, int connections)
    {
        var server = await PostgresServer.SharedAsync();
        await using var bouncer = await PgBouncer.StartAsync(server, mode, Ct, connections);
        var database = bouncer.Through(await server.CreateEmptyDatabaseAsync(Ct));
        await using var issuer = new IssuerProcess($$"""
            {{Replicas.Configuration(database, Replicas.NewMasterKey())}}
            tokens: { idTokenLifetime: 00:15:00 }
            clusters:
              kubernetes: { tokenReview: { secretHash: "{{ClientSecret.HashOf(Credential)}}" } }
            """);

        (await issuer.RunAsync(["migrate"], ct: Ct)).Succeeded();
        await issuer.StartAsync(Ct);
        var check = await issuer.RunAsync(["check"], ct: Ct);
        var alice = await issuer.AddAccountAsync("alice", Ct, "platform");
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, alice, Ct);
        for (var i = 0; i < 5; i++)
        {
            var sideBySide = await Task.WhenAll(Enumerable.Range(0, 8)
                .Select(_ => kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct)));
            Assert.All(sideBySide, answer => answer.Succeeded());
            tokens = sideBySide[0];
        }

        using var apiServer = new ReviewingApiServer(issuer.CreateHandler(), issuer.Issuer, Credential);
        Assert.True((await apiServer.ReviewAsync(tokens.IdToken, Ct)).Authenticated);
        (await issuer.RunAsync(["sessions", "revoke", "--all", "--yes"], ct: Ct)).Succeeded();
        await Task.Delay(RecentEndings.MaxAge, Ct);
        var revoked = await apiServer.ReviewAsync(tokens.IdToken, Ct);

        Assert.True(revoked.IsRefusal);
        Assert.Contains("through a pooler: statements are not prepared, and ended sessions are polled four times a second", check.Output,
            StringComparison.Ordinal);
        Assert.Contains("Connected to the database through a pooler", issuer.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("\"EventId\":1001", issuer.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("\"EventId\":2201", issuer.Log, StringComparison.Ordinal);
    }
}
