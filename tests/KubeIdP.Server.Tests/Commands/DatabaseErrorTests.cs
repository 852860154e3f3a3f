using KubeIdP.Cli;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

public sealed class DatabaseErrorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    // Neither an outage nor anything that a start looks for: a trigger of somebody else's.
    [Fact]
    public async Task What_the_database_refuses_for_reasons_of_its_own_ends_a_command_without_a_stack_trace()
    {
        await File.WriteAllTextAsync(folder.File("kubeidp.yaml"),
            $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n", Ct);
        (await InProcess.RunAsync("migrate", "--config", folder.File("kubeidp.yaml"))).Succeeded();
        await using (var database = Database.Sqlite(Path.Combine(folder.File("data"), "kubeidp.db"), TimeProvider.System))
        await using (var connection = await database.OpenAsync(Ct))
        await using (
            var command = database.Command(connection,
                "CREATE TRIGGER nobody BEFORE INSERT ON people BEGIN SELECT RAISE(ABORT, 'nobody may be added'); END"))
            await command.ExecuteNonQueryAsync(Ct);

        var outcome = await InProcess.RunAsync("people", "add", "bob", "--email", "bob@example.com", "--group", "ops", "--invite",
            "--config", folder.File("kubeidp.yaml"));

        Assert.Equal(ExitCode.NotDone, outcome.ExitCode);
        Assert.Contains("nobody may be added", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }
}
