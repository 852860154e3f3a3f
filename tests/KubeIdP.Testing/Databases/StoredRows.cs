using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace KubeIdP.Testing.Databases;

/// <summary>
/// All rows of a test database at one moment, which can be restored: the next test then finds nothing of what others did in between.
/// </summary>
internal sealed class StoredRows
{
    private readonly TestDatabase database;
    private readonly IReadOnlyList<(string Table, string[] Columns, List<object[]> Rows)> tables;

    private StoredRows(TestDatabase database, IReadOnlyList<(string Table, string[] Columns, List<object[]> Rows)> tables)
    {
        this.database = database;
        this.tables = tables;
    }

    public static async Task<StoredRows> ReadAsync(TestDatabase database, CancellationToken ct)
    {
        await using var connection = await database.Database.OpenAsync(ct);
        var tables = new List<(string, string[], List<object[]>)>();
        foreach (var table in database.Tables)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            await using var row = await command.ExecuteReaderAsync(ct);
            var rows = new List<object[]>();
            while (await row.ReadAsync(ct))
            {
                var values = new object[row.FieldCount];
                row.GetValues(values);
                rows.Add(values);
            }

            tables.Add((table, [.. Enumerable.Range(0, row.FieldCount).Select(row.GetName)], rows));
        }

        return new StoredRows(database, tables);
    }

    /// <summary>Waits for writes that are under way. Sequences continue from where they were.</summary>
    public async Task PutBackAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await PutBackOnceAsync(ct);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), ct);
            }
        }
    }

    private async Task PutBackOnceAsync(CancellationToken ct)
    {
        await using var connection = await database.Database.OpenAsync(ct);

        // SQLite's begins with the lock of a writer. PostgreSQL's waits for no table while it has others: a server that is at work in
        // between would wait for it too.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        await ExecuteAsync(connection, transaction, connection is SqliteConnection
            ? "PRAGMA defer_foreign_keys = ON"
            : "SET LOCAL session_replication_role = replica; "
                + $"LOCK TABLE {string.Join(", ", database.Tables)} IN ACCESS EXCLUSIVE MODE NOWAIT", [], ct);
        await ExecuteAsync(connection, transaction, string.Join(';', tables.Select(table => $"DELETE FROM {table.Table}")), [], ct);
        foreach (var (table, columns, rows) in tables)
        {
            var insert =
                $"INSERT INTO {table} ({string.Join(", ", columns)}) {(connection is NpgsqlConnection ? "OVERRIDING SYSTEM "
                + "VALUE " : "")}VALUES ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";
            foreach (var row in rows) await ExecuteAsync(connection, transaction, insert, row, ct);
        }

        await transaction.CommitAsync(ct);
    }

    private static async Task ExecuteAsync(DbConnection connection, DbTransaction transaction, string text, object[] values,
        CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (string.Create(CultureInfo.InvariantCulture, $"p{i}"), values[i]);
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync(ct);
    }
}
