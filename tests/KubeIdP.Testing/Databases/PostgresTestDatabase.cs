using System.Globalization;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Time;
using Npgsql;

namespace KubeIdP.Testing.Databases;

internal sealed class PostgresTestDatabase : TestDatabase
{
    private readonly PostgresServer server;
    private readonly string name;
    private readonly NpgsqlDataSource turning;

    private PostgresTestDatabase(PostgresServer server, NpgsqlConnectionStringBuilder connection, FakeClock clock)
        : base(connection.ToString(), Database.Postgres(connection.ToString(), clock), clock)
    {
        this.server = server;
        name = connection.Database!;

        // A server that a test may stop leaves broken connections behind.
        turning = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = server.IsShared, NoResetOnClose = true });
        clock.Shifted += Follow;
    }

    public static async Task<TestDatabase> CreateAsync(FakeClock clock, PostgresServer server, CancellationToken ct)
    {
        var connection = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseWithClockAsync(ct));

        // The product says statement_timestamp() without a schema. pg_catalog is searched first unless the path names it, so here it comes
        // after the tests' own; public leads, because that is where CREATE TABLE goes.
        connection.SearchPath = "public,fake_clock,pg_catalog";
        var test = new PostgresTestDatabase(server, connection, clock);
        if (clock.Shift != TimeSpan.Zero) test.Follow(clock.Shift);
        return test;
    }

    public override async Task<IReadOnlyDictionary<string, long>> StatementsOfAsync(Func<Task> work, CancellationToken ct)
    {
        await server.ForgetStatementsAsync(name, ct);
        await work();
        return await server.StatementsAsync(name, ct);
    }

    public override async ValueTask DisposeAsync()
    {
        Clock.Shifted -= Follow;
        await Database.DisposeAsync();
        await turning.DisposeAsync();
        if (server.IsShared) await server.DropDatabaseAsync(name, CancellationToken.None);
    }

    // Synchronous: when Advance has returned, the database must have moved as well.
    private void Follow(TimeSpan shift)
    {
        using var command = turning.CreateCommand($"UPDATE fake_clock.shift SET by = {Interval(shift)}");
        command.ExecuteNonQuery();
    }

    private static string Interval(TimeSpan shift) =>
        $"interval '{shift.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture)} milliseconds'";
}
