using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>What runs before a server where another process migrates, as in a pod: <c>check --wait</c>.</summary>
public sealed class CheckWaitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_waits_for_migrations_and_says_so_and_a_server_then_starts()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateEmptyDatabaseAsync(Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration(database, Replicas.NewMasterKey()));

        var check = issuer.RunAsync(["check", "--wait"], ct: Ct);
        var early = await Task.WhenAny(check, Task.Delay(TimeSpan.FromSeconds(4), Ct));
        (await issuer.RunAsync(["migrate"], ct: Ct)).Succeeded();
        var outcome = await check;

        Assert.NotSame(check, early);
        outcome.Succeeded();
        Assert.Matches(
            @"^Waiting\. wrong  database: It lacks \d+ migration\(s\)\.\n       → Run the command ""migrate"" once\.\n", outcome.Error);
        Assert.Contains("database: the schema is current", outcome.Output, StringComparison.Ordinal);
        await issuer.StartAsync(Ct);
    }

    [Fact]
    public async Task What_waiting_does_not_fix_ends_it_at_once()
    {
        var key = Replicas.NewMasterKey();
        await File.WriteAllTextAsync(key, "no key", Ct);
        await using var issuer = new IssuerProcess(Replicas.Configuration($"Host=127.0.0.1;Port={Ports.Free()}", key));

        var outcome = await issuer.RunAsync(["check", "--wait"], ct: Ct);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("wrong  master key: ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("wrong  database: The database does not answer. ", outcome.Output, StringComparison.Ordinal);
    }
}
