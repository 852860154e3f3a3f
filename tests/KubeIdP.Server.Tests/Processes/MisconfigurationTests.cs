using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
    public async Task PostgreSQL_without_a_schema_does_not_start_and_the_command_that_makes_it_is_named()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateEmptyDatabaseAsync(Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration(database, Replicas.NewMasterKey()));

        var outcome = await issuer.RunAsync(["serve"], ct: Ct);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("Run the command \"migrate\"", outcome.Error, StringComparison.Ordinal);
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
    public async Task A_database_that_is_not_there_is_reported_by_every_command_without_a_stack_trace()
    {
        await using var issuer =
            new IssuerProcess(Replicas.Configuration("Host=/nowhere;Username=postgres;Database=none", Replicas.NewMasterKey()));

        var outcome = await issuer.RunAsync(["sessions", "list"], ct: Ct);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("The database does not answer", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lacking; REVOKE UPDATE ON grants FROM lacking",
        "lacks UPDATE on grants.")]
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
    public async Task Another_master_key_than_the_one_that_wrapped_the_keys_prevents_startup_with_an_error()
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

    // A server that can't have its addresses logs that, and nothing that is true only of a server that serves.
    [Fact]
    public async Task An_address_that_can_not_be_bound_prevents_startup_with_an_error_and_nothing_else_is_logged()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var (taken, free, alsoFree) = (((IPEndPoint)other.LocalEndpoint).Port, Ports.Free(), Ports.Free());
        (string Yaml, string[] Said, bool OnTerminal)[] starts =
        [
            ($"issuer: https://localhost:{taken}", [$"https://127.0.0.1:{taken}", "in use", "Stop the process that listens there"], false),
            ($"issuer: https://localhost:{taken}", [$"https://127.0.0.1:{taken}", "in use", "Stop the process that listens there"], true),
            ($"issuer: https://idp.example.test\nlisten: [\"https://*:{taken}\"]",
                [$":{taken}", "in use", "Stop the process that listens there"], false),
            ($"issuer: https://idp.example.test\nlisten: [\"https://localhost:{free}\", \"https://192.0.2.1:{free}\"]",
                [$"192.0.2.1:{free} can't be used", "Use an address of this machine"], true),
            ($"issuer: https://localhost:{alsoFree}\nmanagement: {{ listen: \"http://127.0.0.1:{taken}\" }}",
                [$"http://127.0.0.1:{taken}", "in use", "Stop the process that listens there"], false),
        ];

        await Task.WhenAll(starts.Select(async start =>
        {
            await using var issuer = new IssuerProcess($"{start.Yaml}\n") { Program = start.OnTerminal ? OnTerminal : null };
            await PreparedData.CopyToAsync(issuer.DataDirectory);

            var outcome = await issuer.RunAsync(["serve"], ct: Ct);

            var said = $"{outcome.Output}\n{outcome.Error}";
            Assert.Equal((2, said), (outcome.ExitCode, said));
            Assert.All(start.Said, words => Assert.Contains(words, said, StringComparison.Ordinal));
            foreach (var never in (string[])["   at ", "KubeIdP serves", "setup?token", "setup-link", "Hosting failed"])
                Assert.DoesNotContain(never, said, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(issuer.DataDirectory, "setup-link")));

            // Nor an authority, which would take the place of the one that others trust.
            Assert.False(File.Exists(Path.Combine(issuer.DataDirectory, "tls", "ca.crt")));
        }));
    }

    // "script" ends as its command does, and its own input is no terminal.
    private static IReadOnlyList<string> OnTerminal(IssuerProcess issuer) =>
        ["/bin/bash", "-c",
            $"exec script --quiet --flush --return --command \"'{IssuerProcess.DotnetHost}' '{IssuerProcess.ServerDll}' $*\" /dev/null",
            "bash"];
}
