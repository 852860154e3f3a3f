using System.Globalization;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>A server that can't do what its configuration says does not start, and names everything that is wrong.</summary>
public sealed class MisconfigurationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_is_wrong_is_named_at_once_with_file_and_line()
    {
        await using var issuer = new IssuerProcess("""
            issuer: http://idp.example.test/
            tokens:
              idTokenLifetime: 02:00:00
            sessions:
              absoluteLifetme: 12:00:00
            clients:
              web:
                kind: web
                redirectUris: ["https://app.example.test/*"]
            """);

        var outcome = await issuer.RunAsync(["serve"], ct: Ct);

        Assert.NotEqual(0, outcome.ExitCode);
        string[] lines = ["kubeidp.yaml:1", "kubeidp.yaml:3", "kubeidp.yaml:5", "kubeidp.yaml:9"];
        Assert.All(lines, line => Assert.Contains(line, outcome.Error, StringComparison.Ordinal));
        string[] keys = ["issuer", "tokens.idTokenLifetime", "absoluteLifetme", "clients.web.redirectUris", "clients.web.secretHash"];
        Assert.All(keys, key => Assert.Contains(key, outcome.Error, StringComparison.Ordinal));
        Assert.False(Directory.Exists(issuer.DataDirectory));
    }

    [Fact]
    public async Task PostgreSQL_without_a_master_key_file_does_not_start()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration(database, masterKeyFile: null));

        var outcome = await issuer.RunAsync(["serve"], ct: Ct);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("masterKeyFile", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostgreSQL_without_a_schema_does_not_start_and_the_verb_that_makes_it_is_named()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateEmptyDatabaseAsync(Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration(database, Replicas.NewMasterKey()));

        var outcome = await issuer.RunAsync(["serve"], ct: Ct);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("Run the verb migrate", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_that_migrate_at_once_both_succeed_and_the_server_then_starts()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateEmptyDatabaseAsync(Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration(database, Replicas.NewMasterKey()));

        var outcomes = await Task.WhenAll(issuer.RunAsync(["migrate"], ct: Ct), issuer.RunAsync(["migrate"], ct: Ct));
        await issuer.StartAsync(Ct);

        Assert.All(outcomes, outcome => Assert.True(outcome.ExitCode == 0, outcome.Error));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_said_by_every_verb_in_words()
    {
        await using var issuer = new IssuerProcess(Replicas.Configuration("Host=/nowhere;Username=postgres;Database=none", Replicas.NewMasterKey()));

        var outcome = await issuer.RunAsync(["sessions", "list"], ct: Ct);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("The database does not answer", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lacking; REVOKE UPDATE ON grants FROM lacking", "lacks UPDATE on grants.")]
    [InlineData("REVOKE CONNECT ON DATABASE {0} FROM PUBLIC", ": CONNECT is missing")]
    public async Task A_right_that_the_account_lacks_stops_the_start_and_is_named(string prepare, string named)
    {
        var server = await PostgresServer.SharedAsync();
        var database = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync(Ct));
        await server.AdministerAsync("DO $$ BEGIN CREATE ROLE lacking LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$", Ct);
        await using (var owner = NpgsqlDataSource.Create($"{database};Pooling=false"))
        await using (var command = owner.CreateCommand(string.Format(CultureInfo.InvariantCulture, prepare, database.Database)))
            await command.ExecuteNonQueryAsync(Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration($"{database};Username=lacking", Replicas.NewMasterKey()));

        var outcome = await issuer.RunAsync(["serve"], ct: Ct);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_master_key_than_the_one_that_wrapped_the_keys_stops_the_start_in_words()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(Ct);
        await using (var before = new IssuerProcess(Replicas.Configuration(database, Replicas.NewMasterKey())))
            await before.StartAsync(Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration(database, Replicas.NewMasterKey()));

        var outcome = await issuer.RunAsync(["serve"], ct: Ct);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("master key", outcome.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_in_words()
    {
        await using var first = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await first.StartAsync(Ct);
        await using var second = new IssuerProcess($"issuer: {first.Issuer.GetLeftPart(UriPartial.Authority)}\n");

        var outcome = await second.RunAsync(["serve"], ct: Ct);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("in use", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }
}
