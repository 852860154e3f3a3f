using System.Data.Common;
using KubeIdP.Data.Audit;

namespace KubeIdP.Data.Storage;

/// <summary>Several statements that become true together, with their audit rows. What is not committed is undone.</summary>
internal sealed class Work : IAsyncDisposable
{
    private readonly Database database;
    private readonly DbConnection connection;
    private readonly DbTransaction transaction;

    private Work(Database database, DbConnection connection, DbTransaction transaction)
    {
        this.database = database;
        this.connection = connection;
        this.transaction = transaction;
    }

    public static async Task<Work> BeginAsync(Database database, CancellationToken ct)
    {
        var connection = await database.OpenAsync(ct);
        return new Work(database, connection, await connection.BeginTransactionAsync(ct));
    }

    /// <summary>See <see cref="AdvisoryLocks.TryTakeAsync"/>.</summary>
    public Task<bool> TryLockAsync(long number, CancellationToken ct) => AdvisoryLocks.TryTakeAsync(database, connection, transaction, number, ct);

    /// <summary>The number of affected rows, which is the verdict of a conditional statement.</summary>
    public async Task<int> ExecuteAsync(string text, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(text, parameters);
        return await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<object?> ScalarAsync(string text, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(text, parameters);
        return await command.ExecuteScalarAsync(ct) is { } value and not DBNull ? value : null;
    }

    /// <summary>The first column of every row.</summary>
    public Task<IReadOnlyList<string>> ListAsync(string text, CancellationToken ct, params (string Name, object? Value)[] parameters) =>
        ListAsync(text, row => row.GetString(0), ct, parameters);

    public async Task<IReadOnlyList<T>> ListAsync<T>(string text, Func<DbDataReader, T> read, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(text, parameters);
        await using var row = await command.ExecuteReaderAsync(ct);
        var values = new List<T>();
        while (await row.ReadAsync(ct))
            values.Add(read(row));
        return values;
    }

    public Task RecordAsync(NewAuditEvent audit, CancellationToken ct) => audit.AppendAsync(database, connection, transaction, ct);

    public Task RecordAsync(IEnumerable<NewAuditEvent> audit, CancellationToken ct) => NewAuditEvent.AppendAsync(audit, database, connection, transaction, ct);

    public Task CommitAsync(CancellationToken ct) => transaction.CommitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private DbCommand Command(string text, (string Name, object? Value)[] parameters)
    {
        var command = database.Command(connection, text, parameters);
        command.Transaction = transaction;
        return command;
    }
}
