using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
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
}
