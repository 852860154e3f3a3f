using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace KubeIdP.Data.Tests.Storage;

public sealed class DatabaseRightsTests : StorageTests
{
    private const string Grant =
        "GRANT USAGE ON SCHEMA public TO limited; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO limited;";

    [Theory]
    [InlineData(Grant, null)]
    [InlineData(Grant + "REVOKE INSERT, UPDATE ON sessions FROM limited; REVOKE DELETE ON people FROM limited",
        "lacks DELETE on people; INSERT, UPDATE on sessions. As the owner of the tables: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL "
        + "TABLES IN SCHEMA public TO limited;")]
    [InlineData(Grant + "REVOKE SELECT ON \"__EFMigrationsHistory\" FROM limited", "lacks SELECT on __EFMigrationsHistory.")]
    [InlineData("REVOKE USAGE ON SCHEMA public FROM PUBLIC, limited", "lacks USAGE on the schema public.")]
    [InlineData(Grant + "ALTER SCHEMA public RENAME TO elsewhere; CREATE SCHEMA public",
        "in the schema elsewhere, which is not in the search_path of the account limited")]
    public async Task What_the_account_lacks_is_named_with_the_statement_that_grants_it(string prepare, string? named)
    {
        var owner = new NpgsqlConnectionStringBuilder(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(Ct));
        await using (var source = NpgsqlDataSource.Create($"{owner};Pooling=false"))
        {
            await using var role =
                source.CreateCommand(
                    "DO $$ BEGIN CREATE ROLE limited LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
            await role.ExecuteNonQueryAsync(Ct);
            await using var command = source.CreateCommand(prepare);
            await command.ExecuteNonQueryAsync(Ct);
        }

        await using var database = Database.Postgres($"{owner};Username=limited;Pooling=false", Clock);
        var missing = await DatabaseRights.FindMissingAsync(database, Ct);

        if (named is null) Assert.Null(missing);
        else Assert.Contains(named, missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_table_of_the_model_is_looked_at()
    {
        await using var context = Db.CreateContext();

        Assert.Equal(context.Model.GetEntityTypes().Select(type => type.GetTableName()!).Distinct().Order(StringComparer.Ordinal),
            DatabaseRights.Tables);
    }

    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}
