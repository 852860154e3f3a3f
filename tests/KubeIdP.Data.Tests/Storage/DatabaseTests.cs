using System.Globalization;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;
using Xunit;

namespace KubeIdP.Data.Tests.Storage;

public sealed class SqliteDatabaseTests : StorageTests
{
    [Theory]
    [InlineData("synchronous", "2")]
    [InlineData("journal_mode", "wal")]
    [InlineData("foreign_keys", "1")]
    [InlineData("busy_timeout", "0")]
    public async Task Every_connection_is_durable_and_never_waits_in_its_thread(string pragma, string value)
    {
        await using var connection = await Db.Database.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA {pragma}";

        Assert.Equal(value, Convert.ToString(await command.ExecuteScalarAsync(Ct), CultureInfo.InvariantCulture));
    }

    // The calls return while the lock is held: a thread that waited in one of them could not come to the end of this test.
    [Fact]
    public async Task A_request_that_waits_for_the_lock_of_another_writer_holds_no_thread()
    {
        await using var other = await Db.Database.OpenAsync(Ct);
        await using var one = await Db.Database.OpenAsync(Ct);
        await using var writing = await other.BeginTransactionAsync(Ct);
        await using var command = Db.Database.Command(one, "INSERT INTO jobs (name, night) VALUES ('of a test', 1) RETURNING night");
        command.CommandTimeout = 0;

        var statement = command.ExecuteScalarAsync(Ct);
        await using var third = await Db.Database.OpenAsync(Ct);
        var transaction = third.BeginTransactionAsync(Ct).AsTask();
        using var impatient = new CancellationTokenSource();
        await using var fourth = await Db.Database.OpenAsync(Ct);
        var given = fourth.BeginTransactionAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        Assert.IsType<SqliteException>(cancelled.InnerException);
        Assert.False(statement.IsCompleted || transaction.IsCompleted);
        await writing.CommitAsync(Ct);
        var (written, begun) = (statement, transaction);
        if (await Task.WhenAny(written, begun) == begun) await (await begun).DisposeAsync();
        Assert.Equal(1L, await written);
        await (await begun).DisposeAsync();
    }

    // A full disk shows at the commit, and SQLite commits an UPDATE … RETURNING only after its last row has been read.
    [Fact]
    public async Task A_rotation_that_could_not_be_committed_is_not_answered()
    {
        var grant = await OpenRedeemedGrantAsync();
        await using (var connection = await Db.Database.OpenAsync(Ct))
            raw.sqlite3_commit_hook(((SqliteConnection)connection).Handle, _ => 1, null);

        await Assert.ThrowsAsync<SqliteException>(() => Grants.RotateAsync(grant.Id, new ClientId(Client), 1));
    }

    [Fact]
    public async Task A_code_whose_use_could_not_be_committed_is_not_redeemed()
    {
        var grant = await OpenSessionAsync();
        await using (var connection = await Db.Database.OpenAsync(Ct))
            raw.sqlite3_commit_hook(((SqliteConnection)connection).Handle, _ => 1, null);

        await Assert.ThrowsAsync<SqliteException>(() => Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
    }

    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class PostgresDatabaseTests : StorageTests
{
    [Fact]
    public async Task Waiting_is_bounded_unless_the_connection_string_says_otherwise()
    {
        await using var connection = await Db.Database.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
        await using var patient = Database.Postgres($"{Db.ConnectionString};Timeout=7;Command Timeout=21", Clock);
        await using var patientConnection = await patient.OpenAsync(Ct);
        await using var patientCommand = patientConnection.CreateCommand();

        Assert.Equal((5, 10), (connection.ConnectionTimeout, command.CommandTimeout));
        Assert.Equal((7, 21), (patientConnection.ConnectionTimeout, patientCommand.CommandTimeout));
    }

    [Fact]
    public async Task A_crash_of_the_server_loses_nothing_that_was_answered_and_needs_no_repair()
    {
        await using var server = await PostgresServer.StartNewAsync(Ct, durable: true);
        await using var mine = await TestDatabase.PostgresAsync(Clock, server, Ct);
        await mine.AuditLog.AppendAsync(new NewAuditEvent(AuditEventType.PersonAdded), Ct);

        await server.StopAsync(Ct);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            mine.AuditLog.AppendAsync(new NewAuditEvent(AuditEventType.PersonAdded), Ct));
        await server.StartAsync(Ct);
        await mine.AuditLog.AppendAsync(new NewAuditEvent(AuditEventType.PersonAdded), Ct);

        Assert.Equal(2, (await mine.CountRowsAsync(Ct))["audit_events"]);
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_takes_changes_is_used_and_a_standby_alone_is_an_outage()
    {
        await using var primary = await PostgresServer.StartNewAsync(Ct);
        var alone = new NpgsqlConnectionStringBuilder(await primary.CreateDatabaseAsync(Ct));
        await using var standby = await primary.StartStandbyAsync(Ct);
        foreach (var more in (string[])["", ";Target Session Attributes=primary", ";Target Session Attributes=read-write"])
        {
            await using var both = Database.Postgres($"{alone};Host={standby.Folder},{primary.Folder}{more}", Clock);
            await using var first = await both.OpenAsync(Ct);
            await using var command = both.Command(first, "CREATE TEMPORARY TABLE written ()");
            await command.ExecuteNonQueryAsync(Ct);

            await using var one = Database.Postgres($"{alone}{more}", Clock);
            await (await one.OpenAsync(Ct)).DisposeAsync();

            await using var stale = Database.Postgres($"{alone};Host={standby.Folder}{more}", Clock);
            var fault = await Assert.ThrowsAnyAsync<Exception>(async () => await stale.OpenAsync(Ct));
            Assert.Equal(OutageKind.ReadOnly, Outage.Of(fault)?.Kind);
        }
    }

    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}
