using System.Data.Common;

namespace KubeIdP.Data.Storage;

/// <summary>Several statements that become true together, by <see cref="CommitAsync"/>. What is not committed is undone.</summary>
public sealed class UnitOfWork : Statements, IAsyncDisposable
{
    private readonly DbConnection connection;
    private readonly DbTransaction transaction;

    internal UnitOfWork(Database database, DbConnection connection, DbTransaction transaction)
    {
        Database = database;
        this.connection = connection;
        this.transaction = transaction;
    }

    internal Database Database { get; }

    /// <summary>Waits until this transaction has the lock, which it has until its end. SQLite lets one transaction write at a time anyway.</summary>
    /// <param name="number">One of <see cref="AdvisoryLocks"/>.</param>
    /// <param name="ct">Nothing is locked when it is cancelled in time.</param>
    internal async Task LockAsync(long number, CancellationToken ct)
    {
        if (Database.IsPostgres) await ExistsAsync("SELECT pg_advisory_xact_lock(@number)", ct, ("number", number));
    }

    /// <summary>Whether this transaction has the lock until its end; false at once where another has it.</summary>
    internal async Task<bool> TryLockAsync(long number, CancellationToken ct) =>
        !Database.IsPostgres || await FindValueAsync("SELECT pg_try_advisory_xact_lock(@number) AS taken", row => row.Flag("taken"), ct, ("number", number)) is true;

    public Task CommitAsync(CancellationToken ct) => transaction.CommitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private protected override ValueTask<Statement> PrepareAsync(string sql, (string Name, object? Value)[] parameters, CancellationToken ct)
    {
        var command = Database.Command(connection, sql, parameters);
        command.Transaction = transaction;
        return ValueTask.FromResult(new Statement(command, connection: null));
    }
}
