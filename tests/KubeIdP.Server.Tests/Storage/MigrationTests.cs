using KubeIdP.Data.Storage;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Storage;

public sealed class MigrationTests
{
    private const int Replicas = 8;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Between two migrations EF Core lets go of its own lock, so what shows the race is many at once, and more than one database.
    [Fact]
    public async Task Replicas_that_migrate_one_PostgreSQL_at_once_all_succeed()
    {
        var server = await PostgresServer.SharedAsync();
        for (var round = 0; round < 5; round++)
        {
            var connectionString = await server.CreateEmptyDatabaseAsync(Ct);

            await MigrateAtOnceAsync(() => Database.Postgres(connectionString, TimeProvider.System));
        }
    }

    [Fact]
    public async Task Processes_that_migrate_one_SQLite_file_at_once_all_succeed()
    {
        using var folder = new TemporaryFolder();

        await MigrateAtOnceAsync(() => Database.Sqlite(Path.Combine(folder.Path, "kubeidp.db"), TimeProvider.System));
    }

    [Fact]
    public async Task The_lock_of_a_process_that_was_killed_while_it_migrated_SQLite_holds_up_nobody()
    {
        using var folder = new TemporaryFolder();
        await using var database = Database.Sqlite(Path.Combine(folder.Path, "kubeidp.db"), TimeProvider.System);
        await using (var connection = await database.OpenAsync(Ct))
        await using (var command = database.Command(connection, """
            CREATE TABLE "__EFMigrationsLock" (
                "Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-11-25 03:00:00+00:00');
            """))
            await command.ExecuteNonQueryAsync(Ct);

        await database.PrepareAsync(migrate: true, Ct).WaitAsync(TimeSpan.FromMinutes(1), Ct);

        Assert.Equal(new SchemaState(Pending: 0, Unknown: null), await SchemaState.ReadAsync(database, Ct));
    }

    [Fact]
    public async Task The_pending_migrations_are_those_that_EF_Core_would_apply()
    {
        using var folder = new TemporaryFolder();
        await using var sqlite = Database.Sqlite(Path.Combine(folder.Path, "kubeidp.db"), TimeProvider.System);
        await using var postgres = Database.Postgres(await (await PostgresServer.SharedAsync()).CreateEmptyDatabaseAsync(Ct),
            TimeProvider.System);

        foreach (var database in (Database[])[sqlite, postgres])
        {
            await using var db = StorageSetup.ContextOf(database);
            Assert.Equal(db.Database.GetMigrations(), SchemaState.Known(database).Order(StringComparer.Ordinal));
        }
    }

    private static async Task MigrateAtOnceAsync(Func<Database> open)
    {
        var databases = Enumerable.Range(0, Replicas).Select(_ => open()).ToList();

        await Task.WhenAll(databases.Select(database => Task.Run(() => database.PrepareAsync(migrate: true, Ct), Ct)));

        Assert.Equal(new SchemaState(Pending: 0, Unknown: null), await SchemaState.ReadAsync(databases[0], Ct));
        foreach (var database in databases)
            await database.DisposeAsync();
    }
}
