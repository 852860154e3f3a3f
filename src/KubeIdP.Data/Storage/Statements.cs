using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace KubeIdP.Data.Storage;

/// <summary>
/// Runs statements: each on a connection of its own (<see cref="Database"/>), or several in one transaction (<see cref="UnitOfWork"/>).
/// Parameters are named without their <c>@</c>; moments and durations are sent as milliseconds, lists of texts as JSON, identifiers as
/// their text.
/// </summary>
public abstract class Statements
{
    /// <summary>The number of affected rows, which is the verdict of a conditional statement.</summary>
    internal async Task<int> ExecuteAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var statement = await PrepareAsync(sql, parameters, ct);
        return await statement.Command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Whether there is a row.</summary>
    internal async Task<bool> ExistsAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters) =>
        await ScalarAsync(sql, parameters, ct) is not null;

    /// <summary>The first column of the first row, a whole number; null when there is no row, or nothing in it.</summary>
    internal async Task<long?> NumberAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters) =>
        await ScalarAsync(sql, parameters, ct) is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;

    /// <summary>The first column of the first row, a moment; null when there is no row, or nothing in it.</summary>
    internal async Task<DateTimeOffset?> MomentAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters) =>
        await NumberAsync(sql, ct, parameters) is { } moment ? DateTimeOffset.FromUnixTimeMilliseconds(moment) : null;

    /// <summary>The first column of the first row, a text; null when there is no row, or nothing in it.</summary>
    internal async Task<string?> TextAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters) =>
        await ScalarAsync(sql, parameters, ct) as string;

    /// <summary>The first column of the first row, bytes; null when there is no row, or nothing in it.</summary>
    internal async Task<byte[]?> BytesAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters) =>
        await ScalarAsync(sql, parameters, ct) as byte[];

    /// <summary>The first row; null when there is none.</summary>
    internal async Task<T?> FindAsync<T>(string sql, Func<Row, T> read, CancellationToken ct,
        params (string Name, object? Value)[] parameters)
        where T : class
    {
        await using var statement = await PrepareAsync(sql, parameters, ct);
        await using var reader = await statement.Command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;

        var found = read(new Row(reader));
        await FinishAsync(reader, ct);
        return found;
    }

    /// <summary>The same for values that are structures.</summary>
    internal async Task<T?> FindValueAsync<T>(string sql, Func<Row, T> read, CancellationToken ct,
        params (string Name, object? Value)[] parameters)
        where T : struct
    {
        await using var statement = await PrepareAsync(sql, parameters, ct);
        await using var reader = await statement.Command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;

        var found = read(new Row(reader));
        await FinishAsync(reader, ct);
        return found;
    }

    /// <summary>All rows.</summary>
    internal async Task<List<T>> ListAsync<T>(string sql, Func<Row, T> read, CancellationToken ct,
        params (string Name, object? Value)[] parameters)
    {
        await using var statement = await PrepareAsync(sql, parameters, ct);
        await using var reader = await statement.Command.ExecuteReaderAsync(ct);
        var row = new Row(reader);
        var found = new List<T>();
        while (await reader.ReadAsync(ct)) found.Add(read(row));
        return found;
    }

    /// <summary>All rows, one by one as they are read. Without a timeout, because the reader may be slow.</summary>
    internal async IAsyncEnumerable<T> StreamAsync<T>(
        string sql, Func<Row, T> read, [EnumeratorCancellation] CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var statement = await PrepareAsync(sql, parameters, ct);
        statement.Command.CommandTimeout = 0;
        await using var reader = await statement.Command.ExecuteReaderAsync(ct);
        var row = new Row(reader);
        while (await reader.ReadAsync(ct)) yield return read(row);
    }

    private protected abstract ValueTask<Statement> PrepareAsync(string sql, (string Name, object? Value)[] parameters,
        CancellationToken ct);

    private async Task<object?> ScalarAsync(string sql, (string Name, object? Value)[] parameters, CancellationToken ct)
    {
        await using var statement = await PrepareAsync(sql, parameters, ct);
        await using var reader = await statement.Command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;

        var value = reader.GetValue(0);
        await FinishAsync(reader, ct);
        return value;
    }

    /// <summary>
    /// Reads to the end: SQLite commits a statement that writes and returns rows only there, and reports errors of the commit there.
    /// </summary>
    private static async Task FinishAsync(DbDataReader reader, CancellationToken ct)
    {
        while (await reader.ReadAsync(ct))
        {
        }
    }

    /// <summary>A command, with the connection that is opened for it alone; null: it belongs to a transaction.</summary>
    private protected readonly struct Statement(DbCommand command, DbConnection? connection) : IAsyncDisposable
    {
        public DbCommand Command => command;

        public async ValueTask DisposeAsync()
        {
            await command.DisposeAsync();
            if (connection is not null) await connection.DisposeAsync();
        }
    }
}
