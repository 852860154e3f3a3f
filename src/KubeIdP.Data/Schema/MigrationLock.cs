using System.Data.Common;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Schema;

/// <summary>
/// The lock of the one process that migrates; other processes wait until it is disposed of. It is released when the process dies, on both
/// databases.
/// </summary>
/// <remarks>
/// EF Core's own lock is not sufficient. On PostgreSQL it ends with the transaction, so between two migrations another process can take it
/// and apply the second one, which the first process then applies again. On SQLite it is a row, which a killed process leaves behind, so
/// that the next start waits for ever.
/// </remarks>
public sealed class MigrationLock : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IAsyncDisposable held;

    private MigrationLock(IAsyncDisposable held) => this.held = held;

    public static async Task<MigrationLock> TakeAsync(Database database, CancellationToken ct) =>
        new(database.SqliteFile is { } file ? await TakeFileAsync(database, file, ct) : await TakeAdvisoryAsync(database, ct));

    public ValueTask DisposeAsync() => held.DisposeAsync();

    /// <summary>
    /// Polls instead of waiting in the database: a waiting statement counts as a running one, and <c>CREATE INDEX CONCURRENTLY</c> in the
    /// process that holds the lock waits for running statements. The two would wait for each other, and PostgreSQL does not detect that
    /// deadlock.
    /// </summary>
    private static async Task<DbConnection> TakeAdvisoryAsync(Database database, CancellationToken ct)
    {
        var connection = await database.OpenAloneAsync(ct);
        try
        {
            while (!await TryTakeAsync(database, connection, ct)) await Task.Delay(Pause, ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<bool> TryTakeAsync(Database database, DbConnection connection, CancellationToken ct)
    {
        // A lock of the transaction, not of the connection, because it also works through a pooler. The SELECT is not the last statement:
        // the last one stays open, and the creation of an index would wait for an open SELECT.
        await using var ask = database.Command(connection,
            "BEGIN; SELECT pg_try_advisory_xact_lock(@key); SET LOCAL idle_in_transaction_session_timeout = 0",
            ("key", AdvisoryLocks.Migrating));
        if (await ask.ExecuteScalarAsync(ct) is true) return true;

        await using var leave = database.Command(connection, "ROLLBACK");
        await leave.ExecuteNonQueryAsync(ct);
        return false;
    }

    private static async Task<FileStream> TakeFileAsync(Database database, string file, CancellationToken ct)
    {
        var held = await OpenAloneAsync($"{ServerLock.Resolve(file)}.migrating", ct);
        try
        {
            // No other process migrates now, so the row of EF Core's lock, if there is one, belongs to a process that has died.
            await using var connection = await database.OpenAsync(ct);
            await using var command = database.Command(connection, """DROP TABLE IF EXISTS "__EFMigrationsLock" """);
            await command.ExecuteNonQueryAsync(ct);
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>The file is not deleted, because another process may have just opened it.</summary>
    private static async Task<FileStream> OpenAloneAsync(string path, CancellationToken ct)
    {
        const int Locked = 11; // EWOULDBLOCK of flock(2)
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None,
            BufferSize = 1 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        while (true)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException fault) when ((fault.HResult & 0xFFFF) == Locked)
            {
                await Task.Delay(Pause, ct);
            }
        }
    }
}
