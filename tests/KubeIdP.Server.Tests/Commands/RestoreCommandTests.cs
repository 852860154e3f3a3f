using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Core.Files;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>What makes a backup, and what keeps a file from being restored: then everything stays as it was.</summary>
public sealed class RestoreCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string DatabaseFile => folder.File("data/kubeidp.db");

    public async ValueTask InitializeAsync()
    {
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        await using var issuer = await InMemoryIssuer.StartAsync(database, folder.File("data"), null, Ct);
        await issuer.AddAccountAsync("alice", Ct);
        await SqliteCopy.WriteAsync(database.ConnectionString, DatabaseFile, Ct);
        folder.Write("kubeidp.yaml", $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n");
        (await RunAsync("backup", folder.File("backup.db"))).Succeeded();
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_backup_is_one_private_file_that_replaces_nothing()
    {
        var again = await RunAsync("backup", folder.File("backup.db"));
        var named = JsonDocument.Parse((await RunAsync("backup", folder.Path, "--output", "json")).Succeeded().Output).RootElement;
        var nowhere = await RunAsync("backup", folder.File("no-such-folder/backup.db"));

        Assert.Equal((ExitCode.NotDone, true), (again.ExitCode, again.Error.Contains("already exists", StringComparison.Ordinal)));
        Assert.Matches(@"/kubeidp-\d{8}T\d{6}Z\.db$", named.GetProperty("file").GetString());
        Assert.Equal(ExitCode.NotDone, nowhere.ExitCode);
        Assert.Equal(FileModes.OwnerOnly, FileModes.Of(folder.File("backup.db")));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.unfinished"));
        Assert.Null(await SqliteCopy.FindDamageAsync(folder.File("backup.db"), Ct));
    }

    [Fact]
    public async Task A_backup_of_nothing_is_not_made_and_neither_is_a_database()
    {
        folder.Write("kubeidp.yaml", $"dataDirectory: {folder.File("elsewhere")}\nissuer: https://idp.example.test\n");

        var outcome = await RunAsync("backup", folder.File("other.db"));

        Assert.Equal((ExitCode.NotDone, true),
            (outcome.ExitCode, outcome.Error.Contains("There is no database", StringComparison.Ordinal)));
        Assert.False(Path.Exists(folder.File("elsewhere")) || File.Exists(folder.File("other.db")));
    }

    [Theory]
    [InlineData("no such file", "There is no file")]
    [InlineData("the database itself", "is the database itself")]
    [InlineData("a link to the database", "is the database itself")]
    [InlineData("no database at all", "not a database")]
    [InlineData("an empty file", "is not a KubeIdP database")]
    [InlineData("a database of something else", "is not a KubeIdP database")]
    [InlineData("cut off", "damaged|malformed")]
    [InlineData("a newer schema", "newer schema")]
    [InlineData("another master key", "Another master key")]
    public async Task What_can_not_be_served_is_not_restored(string kind, string why)
    {
        var file = folder.File("backup.db");
        switch (kind)
        {
            case "no such file":
                file = folder.File("no-such-file");
                break;
            case "the database itself":
                file = DatabaseFile;
                break;
            case "a link to the database":
                File.CreateSymbolicLink(file = folder.File("link.db"), DatabaseFile);
                break;
            case "no database at all":
                File.WriteAllText(file, new string('x', 5000));
                break;
            case "an empty file":
                File.WriteAllText(file, "");
                break;
            case "a database of something else":
                File.Delete(file);
                await ExecuteAsync(file, "CREATE TABLE recipes (name TEXT)");
                break;
            case "cut off":
                using (var opened = File.OpenWrite(file)) opened.SetLength(opened.Length / 2);
                break;
            case "a newer schema":
                await ExecuteAsync(file, """INSERT INTO "__EFMigrationsHistory" VALUES ('99990101000000_Later', '99')""");
                break;
            case "another master key":
                File.Copy(Replicas.NewMasterKey(), folder.File("data/master.key"), overwrite: true);
                break;
        }

        var before = await File.ReadAllBytesAsync(DatabaseFile, Ct);
        var outcome = await RunAsync("restore", file, "--yes");

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Matches(why, outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(DatabaseFile, Ct));
        Assert.Empty(Directory.GetFileSystemEntries(folder.File("data"), "*restor*"));
    }

    [Fact]
    public async Task A_backup_is_read_from_standard_input_too()
    {
        File.Delete(DatabaseFile);
        File.WriteAllText(folder.File("none.db"), new string('x', 5000));

        var refused = await PipedAsync("restore - --yes", "none.db");
        Assert.Equal((ExitCode.NotDone, false), (refused.ExitCode, File.Exists(DatabaseFile)));
        Assert.Contains("not a database", refused.Error, StringComparison.Ordinal);
        var unconfirmed = await PipedAsync("restore -", "backup.db");
        Assert.Equal((ExitCode.NotDone, false), (unconfirmed.ExitCode, File.Exists(DatabaseFile)));
        Assert.Contains("The backup is from", unconfirmed.Error, StringComparison.Ordinal);
        (await PipedAsync("restore - --yes", "backup.db")).Succeeded();

        Assert.Contains("alice", (await RunAsync("people", "list")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.File("data"), "*restor*"));
    }

    // As somebody may place it who can write to the folder: a copy would be of a file that only this process can read.
    [Fact]
    public async Task What_is_moved_aside_is_never_copied_to_another_file_system()
    {
        File.WriteAllText(DatabaseFile, "damaged");
        File.CreateSymbolicLink($"{DatabaseFile}-wal", folder.Write("secret", "secret"));
        var inMemory = folder.Path.StartsWith("/dev/shm/", StringComparison.Ordinal);
        var elsewhere = $"{(inMemory ? "/var/tmp" : "/dev/shm")}/kubeidp-{Guid.NewGuid():N}";
        Directory.CreateDirectory(elsewhere);
        try
        {
            await Assert.ThrowsAsync<IOException>(() =>
                SqliteCopy.ReplaceAsync(folder.File("backup.db"), DatabaseFile, elsewhere, Ct));

            Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
            Assert.Equal("damaged", File.ReadAllText(DatabaseFile));
            File.CreateSymbolicLink(folder.File("link"), elsewhere);
            Assert.Throws<IOException>(() => FileNames.CreateFolder(folder.File("link")));
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    // A log of another database, as somebody leaves it who copies a file over this one by hand.
    [Fact]
    public async Task A_damaged_database_and_its_log_are_moved_aside_and_not_deleted()
    {
        File.WriteAllText(DatabaseFile, "damaged");
        File.WriteAllText($"{DatabaseFile}-wal", "of another one");

        var answer = JsonDocument.Parse((await RunAsync("restore", folder.File("backup.db"), "--yes", "--output", "json"))
            .Succeeded().Output).RootElement;

        Assert.Contains("alice", (await RunAsync("people", "list")).Succeeded().Output, StringComparison.Ordinal);
        var former = answer.GetProperty("former").GetString()!;
        Assert.Equal(("damaged", "of another one"),
            (File.ReadAllText(Path.Combine(former, "kubeidp.db")), File.ReadAllText(Path.Combine(former, "kubeidp.db-wal"))));
    }

    [Fact]
    public async Task On_a_new_machine_there_is_nothing_to_keep_and_the_master_key_comes_first()
    {
        var elsewhere = folder.File("elsewhere");
        folder.Write("kubeidp.yaml", $"dataDirectory: {elsewhere}\nissuer: https://idp.example.test\n");

        var without = await RunAsync("restore", folder.File("backup.db"), "--yes");
        Assert.False(File.Exists(Path.Combine(elsewhere, "master.key")) || File.Exists(Path.Combine(elsewhere, "kubeidp.db")));
        Directory.CreateDirectory(elsewhere);
        File.Copy(folder.File("data/master.key"), Path.Combine(elsewhere, "master.key"));
        var answer = JsonDocument.Parse((await RunAsync("restore", folder.File("backup.db"), "--yes", "--output", "json"))
            .Succeeded().Output).RootElement;

        Assert.Equal((ExitCode.Misused, true),
            (without.ExitCode, without.Error.Contains("master.key can't be read", StringComparison.Ordinal)));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("former").ValueKind);
        Assert.Contains("alice", (await RunAsync("people", "list")).Succeeded().Output, StringComparison.Ordinal);
    }

    // What a command writes at this moment would be lost.
    [Fact]
    public async Task A_command_that_works_in_the_database_is_waited_for_and_then_it_is_refused()
    {
        await using var database = Database.Sqlite(DatabaseFile, TimeProvider.System);
        await using (var connection = await database.OpenAsync(Ct))
        await using (var command = database.Command(connection, "SELECT count(*) FROM people"))
        {
            await command.ExecuteScalarAsync(Ct);
            var refused = await RunAsync("restore", folder.File("backup.db"), "--yes");
            Assert.Equal((ExitCode.NotDone, true),
                (refused.ExitCode, refused.Error.Contains("Another command is using", StringComparison.Ordinal)));
        }

        await database.CloseIdleConnectionsAsync(Ct);
        (await RunAsync("restore", folder.File("backup.db"), "--yes")).Succeeded();
    }

    [Fact]
    public async Task PostgreSQL_has_programs_of_its_own()
    {
        folder.Write("kubeidp.yaml",
            $"issuer: https://idp.example.test\nmasterKeyFile: {folder.File("data/master.key")}\n"
                + $"database: {{ postgres: \"Host=localhost;Database=kubeidp\" }}\n");

        foreach (var outcome in (Outcome[])[await RunAsync("backup", folder.File("other.db")),
            await RunAsync("restore", folder.File("backup.db"), "--yes")])
        {
            Assert.Equal(ExitCode.Misused, outcome.ExitCode);
            Assert.Contains("pg_dump", outcome.Error, StringComparison.Ordinal);
        }
    }

    private static async Task ExecuteAsync(string file, string sql)
    {
        await using var database = Database.Sqlite(file, TimeProvider.System);
        await using (var connection = await database.OpenAsync(Ct))
        await using (var command = database.Command(connection, sql))
            await command.ExecuteNonQueryAsync(Ct);
        await database.CloseIdleConnectionsAsync(Ct);
    }

    private Task<Outcome> PipedAsync(string command, string file) => Programs.RunAsync(new ProcessStartInfo("sh",
        ["-c", $"'{IssuerProcess.DotnetHost}' '{IssuerProcess.ServerDll}' {command} --config '{folder.File("kubeidp.yaml")}' "
            + $"< '{folder.File(file)}'"]), input: null, Ct);

    private Task<Outcome> RunAsync(params string[] args) => InProcess.RunAsync([.. args, "--config", folder.File("kubeidp.yaml")]);
}
