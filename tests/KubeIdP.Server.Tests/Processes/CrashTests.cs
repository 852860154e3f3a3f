using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Races;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <inheritdoc cref="CrashRace"/>
[Collection(nameof(OneAtATime))]
public sealed class CrashTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refreshes_go_on_after_crashes_of_a_server_on_PostgreSQL()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration(database, Replicas.NewMasterKey()));

        await new CrashRace(issuer).RunAsync(rounds: 5, Ct);
    }

    [Fact]
    public async Task Refreshes_go_on_after_crashes_of_a_server_on_SQLite()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");

        await new CrashRace(issuer).RunAsync(rounds: 5, Ct);
    }

    [Fact]
    public async Task A_machine_whose_code_was_approved_before_a_crash_gets_its_tokens_after_it_once()
    {
        await using var issuer = new IssuerProcess($$"""
            issuer: https://localhost:{{Ports.Free()}}
            clusters: { kubernetes: { deviceCode: { everybody: true } } }
            """);
        await issuer.StartAsync(Ct);
        var account = await issuer.AddAccountAsync("alice", Ct);
        using var browser = issuer.CreateBrowser();
        var asked = (await issuer.CreateClient().AskForDeviceAsync(Ct)).Succeeded();
        await account.OpenDevicePageAsync(browser, Ct);
        await browser.ApproveAsync(asked, Ct);

        await issuer.KillAsync(Ct);
        await issuer.StartAsync(Ct);
        var first = await issuer.CreateClient().PollAsync(asked, Ct);
        var second = await issuer.CreateClient().PollAsync(asked, Ct);

        Assert.True(first.IsSuccess, first.Text);
        Assert.Equal("invalid_grant", second.Error);
    }
}
