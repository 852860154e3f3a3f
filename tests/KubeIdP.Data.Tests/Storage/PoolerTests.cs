using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Npgsql;
using Xunit;

namespace KubeIdP.Data.Tests.Storage;

/// <summary>The refresh path through a pooler, with and without what may be said about one in the connection string.</summary>
public sealed class PoolerTests : StorageTests
{
    [Theory]
    [InlineData("transaction")]
    [InlineData("session")]
    public async Task Refreshes_of_many_share_a_few_connections_of_a_pooler(string mode)
    {
        await using var bouncer = await PgBouncer.StartAsync(await PostgresServer.SharedAsync(), mode, Ct, connections: 8);
        await using var through = Through(bouncer.Through(Plain()), max: 8);
        var grants = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenRedeemedGrantAsync()));
        var store = new GrantStore(through, new AuditLog(through, Db.AuditKeys));

        for (var generation = 1; generation <= 10; generation++)
        {
            var used = await Task.WhenAll(grants.Select(grant => store.RotateAsync(grant.Id, new ClientId(Client), generation)));
            Assert.All(used, use => Assert.Equal((GrantVerdict.Rotated, generation + 1), (use!.Value.Verdict, use.Value.Generation)));
            Assert.All(await Task.WhenAll(grants.Select(grant => store.ReadAsync(grant.Id, Ct))), Assert.NotNull);
        }

        Assert.Equal((DatabasePath.Pooler, false), (through.Path, through.Prepares));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(";Max Auto Prepare=0", false)]
    [InlineData(";MaxAutoPrepare=0", false)]
    [InlineData(";Max Auto Prepare=7;Auto Prepare Min Usages=1", true)]
    public async Task Straight_to_PostgreSQL_statements_are_prepared_unless_the_connection_string_says_no(string more, bool prepares)
    {
        await using var database = Through(Plain() + more, max: 1);
        var store = new GrantStore(database, new AuditLog(database, Db.AuditKeys));
        for (var i = 0; i < 4; i++) await store.ReadAsync(new GrantId("none"), Ct);

        await using var connection = await database.OpenAsync(Ct);
        await using var command = database.Command(connection,
            "SELECT count(*) FROM pg_prepared_statements WHERE NOT from_sql OR from_sql");

        Assert.Equal((DatabasePath.Direct, prepares), (database.Path, database.Prepares));
        Assert.Equal(prepares, (long)(await command.ExecuteScalarAsync(Ct))! > 0);
    }

    // A pooler that looks like the server: a prepared statement is not there, or is another client's.
    [Fact]
    public async Task A_statement_that_is_gone_is_an_outage_of_one_try_and_none_is_prepared_after_it()
    {
        await using var database = Through(Plain(), max: 1);
        var store = new GrantStore(database, new AuditLog(database, Db.AuditKeys));
        for (var i = 0; i < 4; i++) await store.ReadAsync(new GrantId("none"), Ct);
        Assert.True(database.Prepares);

        await using (var connection = await database.OpenAsync(Ct))
        await using (var forget = database.Command(connection, "DEALLOCATE ALL"))
            await forget.ExecuteNonQueryAsync(Ct);

        Assert.Null(await store.ReadAsync(new GrantId("none"), Ct));
        Assert.False(database.Prepares);
    }

    // LISTEN through a pooler would leave a process of PostgreSQL behind that listens for the client that gets it next.
    [Fact]
    public async Task Ended_sessions_are_found_without_a_notification_through_a_pooler()
    {
        await using var bouncer = await PgBouncer.StartAsync(await PostgresServer.SharedAsync(), "transaction", Ct, connections: 1);
        await using var through = Through(bouncer.Through(Plain()), max: 4);
        var grant = await OpenRedeemedGrantAsync();
        await using var listener = await new EndingStore(through).ListenAsync(Ct);
        Assert.Empty(await listener.ReadAsync(TimeSpan.FromMinutes(1), Ct));

        Assert.True(await EndSessionAsync(grant.SessionId));
        var heard = await listener.WaitAsync(TimeSpan.FromMilliseconds(50), Ct);

        Assert.False(heard);
        Assert.Contains(grant.SessionId, await listener.ReadAsync(TimeSpan.FromMinutes(1), Ct));
        await using var next = await through.OpenAsync(Ct);
        await using var listening = through.Command(next, "SELECT count(*) FROM pg_listening_channels()");
        Assert.Equal(0L, await listening.ExecuteScalarAsync(Ct));
    }

    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);

    /// <summary>Without the search path of the tests' clock, which a pooler refuses as a parameter of a new connection.</summary>
    private string Plain() => new NpgsqlConnectionStringBuilder(Db.ConnectionString) { SearchPath = null }.ToString();

    private Database Through(string connectionString, int max) => Database.Postgres($"{connectionString};Maximum Pool Size={max}", Clock);
}
