using System.Data.Common;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Data.Tests.Storage;

/// <summary>
/// Migrations of a PostgreSQL that servers work in. Those of the next version (<see cref="NextVersion"/>) change signing keys and grants,
/// and make an index.
/// </summary>
public sealed class SchemaMigrationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<MigrationOperation> Harmful =>
    [
        new CreateIndexOperation { Name = "ix_grants_new", Table = "grants", Columns = ["client_id"] },
        new AddColumnOperation { Table = "grants", Name = "new", ClrType = typeof(int) },
        new AddColumnOperation { Table = "grants", Name = "new", ClrType = typeof(string), DefaultValueSql = "gen_random_uuid()" },
        new AlterColumnOperation { Table = "grants", Name = "refreshes", ClrType = typeof(int) },
        new RenameColumnOperation { Table = "grants", Name = "refreshes", NewName = "uses" },
        new AddCheckConstraintOperation { Table = "grants", Name = "ck_grants", Sql = "refreshes >= 0" },
        new SqlOperation { Sql = "UPDATE grants SET refreshes = 0" },
        new SqlOperation { Sql = "VACUUM FULL grants", SuppressTransaction = true },
    ];

    [Fact]
    public async Task No_migration_keeps_those_who_work_from_a_table()
    {
        await using var context = ContextOf((await EmptyAsync()).WithNextMigrations());
        var assembly = context.GetService<IMigrationsAssembly>();

        Assert.All(assembly.Migrations.Skip(1), migration =>
            Assert.Empty(MigrationRules.Faults(assembly.CreateMigration(migration.Value, context.Database.ProviderName!).UpOperations)));
    }

    [Theory]
    [MemberData(nameof(Harmful), DisableDiscoveryEnumeration = true)]
    public void A_step_that_would_block_writers_is_found(MigrationOperation operation) => Assert.Single(MigrationRules.Faults([operation]));

    [Fact]
    public void An_index_beside_the_work_that_is_not_alone_is_seen() => Assert.Single(MigrationRules.Faults(
    [
        new SqlOperation { Sql = "CREATE INDEX CONCURRENTLY ix ON grants (client_id)", SuppressTransaction = true },
        new AddColumnOperation { Table = "grants", Name = "new", ClrType = typeof(int), IsNullable = true },
    ]));

    // Some of the indexes are written by hand.
    [Fact]
    public async Task The_migrations_make_what_the_model_would()
    {
        await using var migrated = await EmptyAsync();
        await MigrateAsync(migrated);
        await using var modelled = await EmptyAsync();
        await using (var context = ContextOf(modelled)) await context.Database.EnsureCreatedAsync(Ct);

        const string Indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '__EFMigrationsHistory'";
        const string Columns =
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable) FROM information_schema.columns WHERE table_schema = "
            + "'public' AND table_name <> '__EFMigrationsHistory'";

        Assert.Equal(await ListAsync(modelled, Indexes), await ListAsync(migrated, Indexes));
        Assert.Equal(await ListAsync(modelled, Columns), await ListAsync(migrated, Columns));
    }

    [Fact]
    public async Task A_migration_that_waits_for_a_long_transaction_lets_the_others_by()
    {
        await using var database = (await EmptyAsync()).WithNextMigrations();
        await MigrateAsync(database, NextVersion.LastOfThis);
        var waited = new TaskCompletionSource();
        Task migrating;
        await using (await ReadKeysAsync(database))
        {
            migrating = MigrateAsync(database, say: WhenInUse(() => waited.TrySetResult()));
            await waited.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);

            // Beside somebody who reads, everybody reads, unless a change of the table stands in between for good: then the command's time
            // limit ends this.
            Assert.Equal(["0"], await ListAsync(database, "SELECT count(*)::text FROM signing_keys"));
            Assert.False(migrating.IsCompleted);
        }

        await migrating.WaitAsync(TimeSpan.FromMinutes(1), Ct);
        Assert.Empty(await ListAsync(database, "SELECT next_note::text FROM signing_keys"));
    }

    [Fact]
    public async Task A_transaction_that_somebody_has_forgotten_ends_the_migration()
    {
        var clock = new FakeClock();
        await using var database = (await EmptyAsync(clock)).WithNextMigrations();
        await MigrateAsync(database, NextVersion.LastOfThis);
        await using var reading = await ReadKeysAsync(database);

        var migrating = MigrateAsync(database, say: WhenInUse(() => clock.Advance(TimeSpan.FromMinutes(11))));

        var fault = await Assert.ThrowsAsync<TimeoutException>(() => migrating.WaitAsync(TimeSpan.FromMinutes(1), Ct));
        Assert.Contains("pg_stat_activity", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_that_was_left_unfinished_is_made_again()
    {
        const string Index = "ix_grants_next_uses";
        await using var database = (await EmptyAsync()).WithNextMigrations();
        await MigrateAsync(database, NextVersion.LastOfThis);
        await ListAsync(database, $"CREATE INDEX {Index} ON grants (client_id)");
        await ListAsync(database, $"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{Index}'::regclass");

        await MigrateAsync(database);

        Assert.Equal(["true"], await ListAsync(database, $"SELECT indisvalid::text FROM pg_index WHERE indexrelid = '{Index}'::regclass"));
        Assert.Contains("(next_uses, client_id)",
            Assert.Single(await ListAsync(database, $"SELECT indexdef FROM pg_indexes WHERE indexname = '{Index}'")),
            StringComparison.Ordinal);
    }

    // A server that waited for the migration lock inside of the database kept the index from being made, and so itself from getting the
    // lock.
    [Fact]
    public async Task Those_who_wait_for_their_turn_do_not_hold_up_the_one_who_makes_an_index()
    {
        await using var database = (await EmptyAsync()).WithNextMigrations();
        await MigrateAsync(database, NextVersion.LastOfThis);

        var all = Task.WhenAll(Enumerable.Range(0, 6).Select(_ => MigrateAsync(database)));

        await all.WaitAsync(TimeSpan.FromMinutes(1), Ct);
    }

    private static async Task<Database> EmptyAsync(FakeClock? clock = null) =>
        Database.Postgres(await (await PostgresServer.SharedAsync()).CreateEmptyDatabaseAsync(Ct), clock ?? TimeProvider.System);

    /// <summary>A transaction that has the signing keys until it is disposed of.</summary>
    private static async Task<DbConnection> ReadKeysAsync(Database database)
    {
        var connection = await database.OpenAsync(Ct);
        await using var read = database.Command(connection, "BEGIN; SELECT count(*) FROM signing_keys");
        await read.ExecuteNonQueryAsync(Ct);
        return connection;
    }

    private static Action<string> WhenInUse(Action act) => line =>
    {
        if (line.Contains("in use", StringComparison.Ordinal)) act();
    };

    private static Task MigrateAsync(Database database, string? upTo = null, Action<string>? say = null) =>
        SchemaMigration.ApplyAsync(database, upTo, say ?? (_ => { }), Ct);

    private static KubeIdpDbContext ContextOf(Database database)
    {
        var options = new DbContextOptionsBuilder<KubeIdpDbContext>();
        database.Configure(options);
        return new KubeIdpDbContext(options.Options);
    }

    private static async Task<List<string>> ListAsync(Database database, string sql)
    {
        await using var connection = await database.OpenAsync(Ct);
        await using var command = database.Command(connection, sql);
        await using var row = await command.ExecuteReaderAsync(Ct);
        var list = new List<string>();
        while (await row.ReadAsync(Ct)) list.Add(row.IsDBNull(0) ? "NULL" : row.GetString(0));
        list.Sort(StringComparer.Ordinal);
        return list;
    }
}
