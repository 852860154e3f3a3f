using System.Globalization;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Time;
using Npgsql;

namespace KubeIdP.Testing.Databases;

internal sealed class PostgresTestDatabase : TestDatabase
{
    private readonly PostgresServer server;
    private readonly string name;

    private PostgresTestDatabase(PostgresServer server, NpgsqlConnectionStringBuilder connection, FakeClock clock)
        : base(connection.ToString(), Database.Postgres(connection.ToString(), clock), clock)
    {
        this.server = server;
        name = connection.Database!;
        clock.Shifted += Follow;
    }

    public static async Task<TestDatabase> CreateAsync(FakeClock clock, PostgresServer server, CancellationToken ct)
    {
        var connection = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseWithClockAsync(ct));

        // The product says statement_timestamp() without a schema. pg_catalog is searched first unless the path names it, so here it comes
        // after ours; public leads, because that is where CREATE TABLE goes.
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
        if (server == await PostgresServer.SharedAsync()) await server.DropDatabaseAsync(name, CancellationToken.None);
    }

    // Synchronous: when Advance has returned, the database must have moved as well.
    private void Follow(TimeSpan shift)
    {
        using var connection = new NpgsqlConnection(Unpooled(ConnectionString));
        connection.Open();
        using var command = new NpgsqlCommand($"UPDATE fake_clock.shift SET by = {Interval(shift)}", connection);
        command.ExecuteNonQuery();
    }

    private static string Interval(TimeSpan shift) => $"interval '{shift.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture)} milliseconds'";

    private static string Unpooled(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString();
}
