using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Data.Tests.Storage;

public abstract class ModelTests : StorageTests
{
    [Fact]
    public async Task The_migrations_say_what_the_model_says()
    {
        await using var context = Db.CreateContext();

        Assert.False(context.Database.HasPendingModelChanges(),
            "The model has changed: migrations/README.md says how to add the migrations.");
        Assert.Empty(await context.Database.GetPendingMigrationsAsync(Ct));
    }

    [Fact]
    public async Task A_person_is_read_as_written()
    {
        var written = await AddPersonAsync("Grüße");

        await using var context = Db.CreateContext();
        var read = await context.People.AsNoTracking().SingleAsync(Ct);

        Assert.Equal(written.Groups, read.Groups);
        Assert.Equal("Grüße", read.UserName);
        Assert.Equal(written.CreatedAt, read.CreatedAt, TimeSpan.FromMilliseconds(1));
        Assert.Null(read.DisabledAt);
    }

    [Fact]
    public async Task A_username_is_given_once()
    {
        await AddPersonAsync("alice");

        await Assert.ThrowsAsync<DbUpdateException>(() => AddPersonAsync("alice"));
    }

    // Identity bounds these columns to 256 characters, on PostgreSQL alone.
    [Fact]
    public async Task A_long_name_from_a_directory_is_stored_on_both_databases_alike()
    {
        var name = new string('x', 300);

        await AddPersonAsync(name);

        await using var context = Db.CreateContext();
        Assert.Equal(name, (await context.People.SingleAsync(Ct)).UserName);
    }
}

public sealed class ModelOnSqlite : ModelTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class ModelOnPostgres : ModelTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}
