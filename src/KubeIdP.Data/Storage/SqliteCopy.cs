using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using KubeIdP.Core.Files;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Data.Storage;

/// <summary>
/// Copies of an SQLite database, made by SQLite itself (https://sqlite.org/lang_vacuum.html#vacuuminto): one file with all that was
/// committed when it began, and nothing of what has been deleted. Copying the files of a database is wrong even while nobody uses it: the
/// content of the write-ahead log would be missing, or be applied to another database.
/// </summary>
public static class SqliteCopy
{
    /// <summary>
    /// Copies the database while others use it; only the owner can read the copy. The copy is complete and flushed to the disk, or does not
    /// exist.
    /// </summary>
    /// <exception cref="IOException"><paramref name="target"/> already exists, or can't be written.</exception>
    /// <exception cref="SqliteException">The database can't be read, or there is no room for the copy.</exception>
    public static async Task WriteAsync(string database, string target, CancellationToken ct)
    {
        if (Path.Exists(target)) throw new IOException($"{target} already exists.");

        // SQLite accepts an existing empty file; creating it first makes the copy private from its first byte.
        var unfinished = $"{target}.unfinished";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await new FileStream(unfinished, options).DisposeAsync();
        try
        {
            await using (var connection = await OpenAsync(database, SqliteOpenMode.ReadOnly, ct))
            {
                await using var copy = connection.CreateCommand();
                copy.CommandText = "VACUUM INTO @target";
                copy.Parameters.AddWithValue("target", Path.GetFullPath(unfinished));
                copy.CommandTimeout = 0;
                await using var interruption = Interrupts(connection, ct);
                await copy.ExecuteNonQueryAsync(ct);
            }

            await using (var written = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
                written.Flush(flushToDisk: true);
            File.Move(unfinished, target);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>What is wrong with a database, by SQLite's own check of all its pages and indexes; null: nothing.</summary>
    public static async Task<string?> FindDamageAsync(string database, CancellationToken ct)
    {
        await using var connection = await OpenAsync(database, SqliteOpenMode.ReadOnly, ct);
        await using var interruption = Interrupts(connection, ct);
        var found = await ScalarAsync(connection, "PRAGMA integrity_check(1)", ct);
        return found is "ok" ? null : found;
    }

    /// <summary>
    /// Replaces a database by one that was prepared beside it, in one step. The old one is kept with its write-ahead log, which would
    /// otherwise be applied to the new one. Call under <see cref="ServerLock"/>.
    /// </summary>
    /// <param name="prepared">In the same folder, without a connection to it.</param>
    /// <param name="keepIn">An existing folder for the old database, in the same file system.</param>
    /// <exception cref="IOException">A command is using the database, or the folder is in another file system; nothing was
    /// done.</exception>
    public static async Task ReplaceAsync(string prepared, string database, string keepIn, CancellationToken ct)
    {
        if (Path.Exists($"{prepared}-wal")) throw new InvalidOperationException($"{prepared} still has an open connection.");
        if (File.Exists(database) && await CanBeReadAsync(database, ct)) await EmptyLogAsync(database, ct);

        // What is left belongs to a database that SQLite can't read, which is often why it is replaced.
        foreach (var ending in (string[])["-wal", "-shm", "-journal"])
        {
            FileNames.Rename(database + ending, Path.Combine(keepIn, Path.GetFileName(database) + ending));
        }

        // In one step, so that the database always exists: a server that starts without one would create an empty one.
        if (File.Exists(database)) FileNames.Replace(prepared, database, Path.Combine(keepIn, Path.GetFileName(database)));
        else FileNames.Rename(prepared, database);
    }

    /// <summary>Moves the content of the write-ahead log into the database; closing the last connection deletes the log.</summary>
    private static async Task EmptyLogAsync(string database, CancellationToken ct)
    {
        const int Busy = 5;
        const int Locked = 6;
        try
        {
            await using var connection = await OpenAsync(database, SqliteOpenMode.ReadWrite, ct);

            // With exclusive access, or not at all: concurrent writes of a command would be lost.
            await ScalarAsync(connection, "PRAGMA locking_mode = EXCLUSIVE", ct);
            await ScalarAsync(connection, "BEGIN EXCLUSIVE; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", ct);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is Busy or Locked)
        {
            throw new IOException($"Another command is using {database} at the moment.", fault);
        }
        catch (SqliteException)
        {
            // The database is damaged. What could not be moved stays in the log, and both files are kept.
        }
    }

    /// <summary>Reads only the file: for a damaged or empty database SQLite would delete the log as useless.</summary>
    private static async Task<bool> CanBeReadAsync(string database, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync($"file:{Uri.EscapeDataString(database)}?immutable=1", SqliteOpenMode.ReadOnly, ct);
            return await ScalarAsync(connection, "SELECT 1 FROM sqlite_master LIMIT 1", ct) is not null;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    internal static async Task<SqliteConnection> OpenAsync(string file, SqliteOpenMode mode, CancellationToken ct)
    {
        var connection =
            new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Interrupts a long statement from another thread, which the driver does not do.</summary>
    private static CancellationTokenRegistration Interrupts(SqliteConnection connection, CancellationToken ct) =>
        ct.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle!));

    [SuppressMessage("Security", "CA2100", Justification = "Constants of this file.")]
    private static async Task<string?> ScalarAsync(SqliteConnection connection, string sql, CancellationToken ct)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (await command.ExecuteScalarAsync(ct))?.ToString();
    }
}
