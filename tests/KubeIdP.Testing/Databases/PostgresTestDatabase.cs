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
        var connection = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync(ct));
        await InstallClockAsync(connection.ToString(), clock.Shift, ct);

        // The product says statement_timestamp() without a schema. pg_catalog is searched first unless the path names it, so here it comes
        // after ours; public leads, because that is where CREATE TABLE goes.
        connection.SearchPath = "public,fake_clock,pg_catalog";
        return new PostgresTestDatabase(server, connection, clock);
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
    }

    private static async Task InstallClockAsync(string connectionString, TimeSpan shift, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(Unpooled(connectionString));
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand($"""
            CREATE SCHEMA fake_clock;
            CREATE TABLE fake_clock.shift (by interval NOT NULL);
            INSERT INTO fake_clock.shift VALUES ({Interval(shift)});
            CREATE FUNCTION fake_clock.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
                AS 'SELECT pg_catalog.statement_timestamp() + by FROM fake_clock.shift';
            """, connection);
        await command.ExecuteNonQueryAsync(ct);
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
