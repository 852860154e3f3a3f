using System.Data.Common;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Schema;

/// <summary>
/// The turn of one process to migrate; the others wait until it is disposed of. A process that dies loses it, on both databases.
/// </summary>
/// <remarks>
/// EF Core has a lock of its own, and it does not do. On PostgreSQL it goes with the transaction, so between two migrations another process
/// takes it and applies the second one, which the first process then applies again. On SQLite it is a row: whoever is killed leaves it
/// behind, and the next start waits for ever.
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
    /// Asks again and again instead of waiting in the database: a statement that waits there counts as one that still reads, and an index that the holder
    /// makes beside the others' work (<c>CONCURRENTLY</c>) waits for those. Each would wait for the other, and PostgreSQL can't see it.
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
        // A lock of a transaction, not of the connection, is one that a pooler between here and the server leaves alone. The SELECT is not the last statement:
        // the last one stays open, and an open SELECT is one that still reads, for which the making of an index would wait.
        await using var ask = database.Command(connection, "BEGIN; SELECT pg_try_advisory_xact_lock(@key); SET LOCAL idle_in_transaction_session_timeout = 0", ("key", AdvisoryLocks.Migrating));
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
            // Nobody else migrates now, so the row of EF Core's lock, if there is one, is of a process that is no more.
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

    /// <summary>The file stays: whoever deleted it could take it from under somebody who has just opened it.</summary>
    private static async Task<FileStream> OpenAloneAsync(string path, CancellationToken ct)
    {
        const int Locked = 11; // EWOULDBLOCK of flock(2)
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 };
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
